import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useEffect } from 'react';
import { flushSync } from 'react-dom';

/** Paper is white: a dark page is printed in light colours, plots too, and is dark again afterwards. */
export function useLightPrint(): void {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  useEffect(() => {
    if (!isDark) return;
    const begin = () => {
      // Here and not in an effect of its own: the change to light would take this listener away.
      window.addEventListener('afterprint', () => setColorScheme(colorScheme), { once: true });
      flushSync(() => setColorScheme('light'));
    };
    window.addEventListener('beforeprint', begin);
    return () => window.removeEventListener('beforeprint', begin);
  }, [isDark, colorScheme, setColorScheme]);
}

import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useEffect } from 'react';
import { flushSync } from 'react-dom';

/** Prints a dark page, including its plots, in light colours and switches back afterwards. */
export function useLightPrint(): void {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  useEffect(() => {
    if (!isDark) return;
    const switchToLight = () => {
      // Not in a separate effect: the change to light colours would remove the listener before it is called.
      window.addEventListener('afterprint', () => setColorScheme(colorScheme), { once: true });
      flushSync(() => setColorScheme('light'));
    };
    window.addEventListener('beforeprint', switchToLight);
    return () => window.removeEventListener('beforeprint', switchToLight);
  }, [isDark, colorScheme, setColorScheme]);
}

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
      // Added here and not by an effect of its own, which the change to light colours would clean up.
      window.addEventListener('afterprint', () => setColorScheme(colorScheme), { once: true });
      flushSync(() => setColorScheme('light'));
    };
    window.addEventListener('beforeprint', switchToLight);
    return () => window.removeEventListener('beforeprint', switchToLight);
  }, [isDark, colorScheme, setColorScheme]);
}

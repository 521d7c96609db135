import { createTheme, Drawer, type MantineColorsTuple, Modal, Notification } from '@mantine/core';
import type { MetricKey } from '../data/metrics.ts';
import { text } from './text.ts';

/** Blue of thick ice, the page's own colour. */
const ice: MantineColorsTuple = [
  '#e9f5fb',
  '#d3e7f2',
  '#a6cfe5',
  '#75b5d8',
  '#4f9fcd',
  '#3891c6',
  '#2a8ac4',
  '#1b76ac',
  '#0b6699',
  '#005a87',
];

/** Neutral greys with a breath of blue; the dark side is that of a microscope room. */
const dark: MantineColorsTuple = [
  '#d5dade',
  '#b4bcc3',
  '#8a949d',
  '#5f6a74',
  '#3c4650',
  '#2b343d',
  '#1d252c',
  '#151b21',
  '#10151a',
  '#0b0f13',
];

export const theme = createTheme({
  primaryColor: 'ice',
  primaryShade: { light: 8, dark: 7 },
  colors: { ice, dark },
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // The library's crosses have no name of their own.
  components: {
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': text.close } } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { 'aria-label': text.close } } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': text.close } } }),
  },
});

/**
 * Colours of curves: told apart by people with any kind of colour vision (Okabe & Ito 2008, "Color Universal Design"),
 * darkened on white and lightened on dark where the contrast asks for it.
 */
export interface Palette {
  blue: string;
  orange: string;
  green: string;
  red: string;
  purple: string;
  grid: string;
  axis: string;
  text: string;
  strong: string;
  surface: string;
}
const LIGHT: Palette = {
  blue: '#0072b2',
  orange: '#d98a00',
  green: '#008a66',
  red: '#d55e00',
  purple: '#b0578d',
  grid: '#e8edf1',
  axis: '#c3ccd4',
  text: '#56626d',
  strong: '#14202b',
  surface: '#ffffff',
};
const DARK: Palette = {
  blue: '#56b4e9',
  orange: '#e8a61c',
  green: '#2fc49b',
  red: '#f07d33',
  purple: '#dd8fb9',
  grid: '#232c34',
  axis: '#3c4650',
  text: '#98a4ae',
  strong: '#eef2f5',
  surface: '#151b21',
};
export const paletteOf = (scheme: 'light' | 'dark') => (scheme === 'dark' ? DARK : LIGHT);

export const METRIC_COLORS: Partial<Record<MetricKey, keyof Palette>> = {
  defocusU: 'blue',
  defocusV: 'orange',
  defocus: 'blue',
  astigmatism: 'purple',
  fitResolution: 'green',
  motionTotal: 'blue',
  motionEarly: 'red',
  motionLate: 'green',
  confidence: 'green',
  iceRing: 'blue',
  meanIntensity: 'orange',
  seconds: 'purple',
};

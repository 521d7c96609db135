import { createTheme, Drawer, type MantineColorsTuple, Modal, Notification } from '@mantine/core';
import { uiWords } from '../ui/words.ts';

/** The blue of the page. */
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

/** Neutral greys with a little blue, dark enough for a microscope room. */
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
  // Mantine gives its close buttons no accessible name.
  components: {
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': uiWords.close } } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { 'aria-label': uiWords.close } } }),
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { 'aria-label': uiWords.close } },
    }),
  },
});

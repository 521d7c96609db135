export const liveWords = {
  drag: 'Drag mode',
  modes: { select: 'Select', zoom: 'Zoom', pan: 'Pan' },
  empty: 'No results yet',
  emptyHint: 'Points appear here when the first movie has been processed.',
  emptyStart: 'Start processing to see defocus, resolution and motion of each movie as it arrives.',
  showAll: 'Show all movies',
  hint: 'Drag to select, Shift-drag to pan, Ctrl-wheel or pinch to zoom, double-click to show all. Drag a handle at the right edge to set a limit.',
  loading: 'Loading results',
} as const;

export const chosenWords = {
  newest: 'Latest movie',
  chosen: 'Highlighted movie',
  follow: 'Follow latest',
  none: 'No movie yet',
  fit: 'CTF fit',
} as const;

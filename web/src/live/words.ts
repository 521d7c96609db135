export const liveWords = {
  drag: 'What dragging does',
  modes: { select: 'Select', zoom: 'Zoom', pan: 'Pan' },
  empty: 'No results yet',
  emptyHint: 'Points appear here as soon as the first movie is done.',
  emptyStart: 'Start the processing to see defocus, resolution and motion of every movie as it lands.',
  zoomed: 'Show all movies',
  hint: 'Drag to select, Shift-drag to pan, Ctrl-wheel or pinch to zoom, double-click to see all; a grip at the right sets a limit.',
  loading: 'Loading results',
} as const;

export const chosenWords = {
  newest: 'Newest movie',
  chosen: 'Chosen movie',
  follow: 'Follow the newest',
  none: 'No movie yet',
  fit: 'CTF fit',
} as const;

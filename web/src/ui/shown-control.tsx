import { SegmentedControl } from '@mantine/core';
import { SHOWN, type Shown } from '../data/shown.ts';
import { shownWords } from './words.ts';

/** Which movies the table and the gallery list. */
export function ShownControl({ value, onChange }: { value: Shown; onChange: (shown: Shown) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={shownWords.show}
      value={value}
      onChange={(shown) => onChange(shown as Shown)}
      data={SHOWN.map((shown) => ({ value: shown, label: shownWords[shown] }))}
    />
  );
}

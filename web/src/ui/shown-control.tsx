import { SegmentedControl } from '@mantine/core';
import { SHOWN, type Shown } from '../data/shown.ts';
import { text } from './text.ts';

/** Which movies table and gallery list. */
export function ShownControl({ value, onChange }: { value: Shown; onChange: (shown: Shown) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={text.selection.show}
      value={value}
      onChange={(shown) => onChange(shown as Shown)}
      data={SHOWN.map((shown) => ({ value: shown, label: text.selection[shown] }))}
    />
  );
}

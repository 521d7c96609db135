import { basename } from 'node:path';
import type { StartFile } from '../lifecycle/start-file.ts';
import type { Timeline } from '../lifecycle/timeline.ts';

/** Adds to the timeline that a session was started, resumed, or resumed with changes. */
export function noteStart(
  timeline: Timeline,
  previous: StartFile | null,
  current: StartFile,
  by: string,
): void {
  if (previous === null) {
    timeline.note('started', by, null);
    return;
  }
  const oldValues: Record<string, unknown> = { ...previous.parameters };
  const values: Record<string, unknown> = { ...current.parameters };
  const names = new Set([...Object.keys(oldValues), ...Object.keys(values)]);
  const changedNames = [...names].filter((name) => oldValues[name] !== values[name]);
  const gain = current.recipe.gain?.path ?? null;
  const hasOtherGain = gain !== null && gain !== previous.recipe.gain?.path;
  const detail = [
    ...changedNames.map(
      (name) => `${name} ${oldValues[name] ?? 'not given'} → ${values[name] ?? 'not given'}`,
    ),
    // A gain reference that arrived later is recorded as the reason why movies are reprocessed.
    ...(hasOtherGain ? [`gain reference ${basename(gain)}`] : []),
  ].join(', ');
  timeline.note(changedNames.length > 0 ? 'changed' : 'resumed', by, detail || null);
}

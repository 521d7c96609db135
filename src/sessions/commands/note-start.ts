import { basename } from 'node:path';
import type { StartFile } from '../lifecycle/start-file.ts';
import type { Timeline } from '../lifecycle/timeline.ts';

/** Records in the timeline that a session was started, resumed, or resumed with changes. */
export function noteStart(timeline: Timeline, before: StartFile | null, now: StartFile, by: string): void {
  if (before === null) {
    timeline.note('started', by, null);
    return;
  }
  const old: Record<string, unknown> = { ...before.parameters };
  const values: Record<string, unknown> = { ...now.parameters };
  const names = new Set([...Object.keys(old), ...Object.keys(values)]);
  const changed = [...names].filter((name) => old[name] !== values[name]);
  const gain = now.recipe.gain?.path ?? null;
  const hasOtherGain = gain !== null && gain !== before.recipe.gain?.path;
  const words = [
    ...changed.map((name) => `${name} ${old[name] ?? 'not given'} → ${values[name] ?? 'not given'}`),
    // A gain reference that arrived later is recorded as the reason why movies are reprocessed.
    ...(hasOtherGain ? [`gain reference ${basename(gain)}`] : []),
  ].join(', ');
  timeline.note(changed.length > 0 ? 'changed' : 'resumed', by, words || null);
}

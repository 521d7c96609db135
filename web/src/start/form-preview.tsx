import { Skeleton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowRight,
  IconCircleCheck,
  IconMinus,
  IconRefresh,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { PlannedMovies, Preview } from '../../../src/contract/preview.ts';
import classes from './parameter-form.module.css';
import { formWords } from './words.ts';

/** The counts of a plan, most important first. */
const LINES = [
  ['toDo', IconArrowRight],
  ['redoAll', IconRefresh],
  ['redoCtf', IconRefresh],
  ['tryAgain', IconRefresh],
  ['arriving', IconArrowRight],
  ['inProgress', IconArrowRight],
  ['kept', IconCircleCheck],
  ['staysFailed', IconAlertTriangle],
] as const satisfies readonly (readonly [keyof PlannedMovies, typeof IconMinus])[];

/**
 * How many movies would be processed, reprocessed, kept and skipped.
 * @param preview - undefined while it is not known
 */
export function FormPreview({ preview, failed }: { preview: Preview | undefined; failed: boolean }) {
  return (
    <section className={classes.preview} aria-label={formWords.preview.title} aria-live="polite">
      <h2>{formWords.preview.title}</h2>
      {failed && preview === undefined && <p className="muted">{formWords.preview.failed}</p>}
      {!failed && preview === undefined && (
        <div aria-busy="true">
          <span className="visually-hidden">{formWords.preview.pending}</span>
          <Skeleton height={18} width="60%" />
        </div>
      )}
      {preview && (
        <ul>
          {preview.movies === null && <Line icon={<IconMinus size={16} />}>{formWords.preview.unknown}</Line>}
          {preview.movies?.found === 0 && (
            <Line icon={<IconMinus size={16} />}>{formWords.preview.nothing}</Line>
          )}
          {LINES.map(([name, Icon]) => {
            const n = preview.movies?.[name] ?? 0;
            return n === 0 ? null : (
              <Line key={name} icon={<Icon size={16} />}>
                {formWords.preview[name](n)}
              </Line>
            );
          })}
          {preview.skipped.map(({ reason, count, example }) => (
            <Line key={reason} icon={<IconMinus size={16} />} muted>
              {formWords.preview.skipped[reason](count)}{' '}
              <span className={classes.example}>{formWords.preview.example(example)}</span>
            </Line>
          ))}
          {preview.notes.map((note) => (
            <Line key={note} icon={<IconAlertTriangle size={16} />}>
              {note}
            </Line>
          ))}
        </ul>
      )}
      {preview?.sample && (
        <p className={`muted ${classes.example}`}>
          {formWords.preview.sample(
            preview.sample.path,
            preview.sample.width,
            preview.sample.height,
            preview.sample.frames,
          )}
        </p>
      )}
    </section>
  );
}

function Line(props: { icon: ReactNode; muted?: boolean; children: ReactNode }) {
  return (
    <li className={props.muted ? 'muted' : undefined}>
      <span aria-hidden>{props.icon}</span>
      <span>{props.children}</span>
    </li>
  );
}

import { Link } from '@tanstack/react-router';
import type { SessionKey } from '../../../src/contract/api.ts';
import { numberText, timeText } from '../data/format.ts';
import { isDoubtful, METRICS, metricsIn } from '../data/metrics.ts';
import type { Series } from '../data/series.ts';
import { verdictWords } from '../ui/words.ts';
import classes from './table.module.css';
import { tableWords } from './words.ts';

export const ROW_PX = 32;
const METRIC_COLUMNS = metricsIn('table');

/** One movie; a click anywhere but on its checkbox opens it. */
export function TableRow(props: {
  sessionKey: SessionKey;
  series: Series;
  index: number;
  /** Row number in the whole table, from 1, including the header. */
  rowIndex: number;
  isChosen: boolean;
  isSelected: boolean;
  onToggle: () => void;
  onOpen: (base: string) => void;
}) {
  const { series, index, isSelected } = props;
  const base = series.bases[index] ?? '';
  const verdict = series.verdict(index);
  const confidence = series.value('confidence', index);
  return (
    <tr
      aria-rowindex={props.rowIndex}
      data-chosen={props.isChosen}
      data-picked={isSelected}
      data-verdict={verdict}
      onClick={() => props.onOpen(base)}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the checkbox can be reached by keyboard; this only prevents a click next to it from opening the movie */}
      <td className={classes.pick} onClick={(event) => event.stopPropagation()}>
        <input
          type="checkbox"
          aria-label={tableWords.pick(base)}
          checked={isSelected}
          onChange={props.onToggle}
        />
      </td>
      <td>{series.seqs()[index]}</td>
      <td className={classes.left}>
        <Link
          to="/s/$project/$user/$session/movie/$base"
          params={{ ...props.sessionKey, base }}
          preload={false}
        >
          {base}
        </Link>
      </td>
      {METRIC_COLUMNS.map((metric) => (
        <td key={metric} className={isDoubtful(metric, confidence) ? classes.doubtful : undefined}>
          {numberText(series.value(metric, index), METRICS[metric].digits)}
        </td>
      ))}
      <td>{timeText(series.finishedMs(index))}</td>
      <td className={classes.left}>{verdict === null ? '' : verdictWords[verdict]}</td>
    </tr>
  );
}

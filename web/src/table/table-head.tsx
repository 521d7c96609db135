import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { metricWords } from '../data/metric-words.ts';
import { metricsIn } from '../data/metrics.ts';
import type { SortBy } from '../ui/use-order.ts';
import { columnWords, shownWords } from '../ui/words.ts';
import classes from './table.module.css';
import { tableWords } from './words.ts';

interface Head {
  readonly column: SortBy['column'];
  readonly label: string;
  readonly unit: string;
  readonly help?: string;
}

const HEADS: readonly Head[] = [
  { column: 'seq', label: tableWords.number, unit: '' },
  { column: 'base', label: columnWords.movie, unit: '' },
  ...metricsIn('table').map((column) => ({ column, ...metricWords[column] })),
  { column: 'finishedAt', label: columnWords.finished, unit: '' },
  { column: 'verdict', label: columnWords.verdict, unit: '' },
];
const NEWEST_FIRST: SortBy = { column: 'seq', descending: true };
const LEFT_ALIGNED: readonly SortBy['column'][] = ['base', 'verdict'];

/** @param words - as in the URL: a column, with `-` before it for descending */
export function parseSort(words: string | undefined): SortBy {
  const descending = words?.startsWith('-') ?? true;
  const name = descending ? words?.slice(1) : words;
  const head = HEADS.find(({ column }) => column === name);
  return head ? { column: head.column, descending } : NEWEST_FIRST;
}

/** A click on a column header sorts by it, descending first; a second click reverses the order. */
export function TableHead({ sort, onSort }: { sort: SortBy; onSort: (sort: string) => void }) {
  return (
    <thead>
      <tr>
        <th scope="col">
          <span className="visually-hidden">{shownWords.selected}</span>
        </th>
        {HEADS.map((head) => (
          <HeadCell key={head.column} head={head} sort={sort} onSort={onSort} />
        ))}
      </tr>
    </thead>
  );
}

function HeadCell(props: { head: Head; sort: SortBy; onSort: (sort: string) => void }) {
  const { head, sort, onSort } = props;
  const { column, label, unit, help = '' } = head;
  const isSorted = sort.column === column;
  const order = sort.descending ? 'descending' : 'ascending';
  const Arrow = sort.descending ? IconArrowDown : IconArrowUp;
  return (
    <th
      scope="col"
      aria-sort={isSorted ? order : 'none'}
      className={LEFT_ALIGNED.includes(column) ? classes.left : undefined}
    >
      <button
        type="button"
        title={`${tableWords.sortBy(label)}. ${help}`.trim()}
        onClick={() => onSort(isSorted && sort.descending ? column : `-${column}`)}
      >
        {label}
        <span className="muted">{unit}</span>
        {isSorted && <Arrow size={13} aria-hidden />}
      </button>
    </th>
  );
}

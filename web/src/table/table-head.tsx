import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { metricWords } from '../data/metric-words.ts';
import { metricsIn } from '../data/metrics.ts';
import type { SortBy } from '../ui/use-order.ts';
import { columnWords, movieFilterWords } from '../ui/words.ts';
import classes from './table.module.css';
import { tableWords } from './words.ts';

interface ColumnHeader {
  readonly column: SortBy['column'];
  readonly label: string;
  readonly unit: string;
  readonly help?: string;
}

const COLUMN_HEADERS: readonly ColumnHeader[] = [
  { column: 'seq', label: tableWords.number, unit: '' },
  { column: 'base', label: columnWords.movie, unit: '' },
  ...metricsIn('table').map((column) => ({ column, ...metricWords[column] })),
  { column: 'finishedAt', label: columnWords.finished, unit: '' },
  { column: 'verdict', label: columnWords.verdict, unit: '' },
];
const NEWEST_FIRST: SortBy = { column: 'seq', descending: true };
const LEFT_ALIGNED: readonly SortBy['column'][] = ['base', 'verdict'];

/** @param text - as in the URL: a column, with `-` before it for descending */
export function parseSort(text: string | undefined): SortBy {
  const descending = text?.startsWith('-') ?? true;
  const name = descending ? text?.slice(1) : text;
  const header = COLUMN_HEADERS.find(({ column }) => column === name);
  return header ? { column: header.column, descending } : NEWEST_FIRST;
}

/** A click on a column header sorts by it, descending first; a second click reverses the order. */
export function TableHead({ sort, onSort }: { sort: SortBy; onSort: (sort: string) => void }) {
  return (
    <thead>
      <tr>
        <th scope="col">
          <span className="visually-hidden">{movieFilterWords.selected}</span>
        </th>
        {COLUMN_HEADERS.map((header) => (
          <HeaderCell key={header.column} header={header} sort={sort} onSort={onSort} />
        ))}
      </tr>
    </thead>
  );
}

function HeaderCell(props: { header: ColumnHeader; sort: SortBy; onSort: (sort: string) => void }) {
  const { header, sort, onSort } = props;
  const { column, label, unit, help = '' } = header;
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

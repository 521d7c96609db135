/**
 * STAR files in the format of RELION 3.1 and later. Labels are given without the leading underscore.
 */

export type StarValue = string | number;

interface StarPairs {
  readonly name: string;
  readonly pairs: readonly (readonly [label: string, value: StarValue])[];
}

interface StarLoop {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly StarValue[])[];
}

/** A `data_` block: one loop, or single values. */
export type StarBlock = StarPairs | StarLoop;

/** RELION writes this line above each block; it marks the layout of version 3.1 with optics groups. */
const VERSION_COMMENT = '# version 30001';
const RESERVED = /^(data_|save_|loop_|stop_|global_|[_#$'"[\];])/i;

/**
 * The text of a STAR file with these blocks.
 * @throws RangeError for a row of the wrong length, a number that is not finite, or text that STAR cannot
 * represent
 */
export function formatStar(blocks: readonly StarBlock[]): string {
  return blocks.map((block) => ('columns' in block ? formatLoop(block) : formatPairs(block))).join('');
}

function formatPairs({ name, pairs }: StarPairs): string {
  const width = pairs.reduce((widest, [label]) => Math.max(widest, label.length), 0);
  const lines = pairs.map(([label, value]) => `_${label.padEnd(width)}  ${formatValue(value)}`);
  return `${heading(name)}${lines.join('\n')}\n\n`;
}

function formatLoop({ name, columns, rows }: StarLoop): string {
  const labels = columns.map((column, index) => `_${column} #${index + 1}`);
  const cells = rows.map((row, index) => {
    if (row.length !== columns.length)
      throw new RangeError(
        `Row ${index} of data_${name} has ${row.length} values for ${columns.length} columns`,
      );
    return row.map(formatValue);
  });
  const widths = columns.map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, row[column]!.length), 0),
  );
  const lines = cells.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join('  '));
  return `${heading(name)}loop_\n${[...labels, ...lines].join('\n')}\n\n`;
}

const heading = (name: string) => `\n${VERSION_COMMENT}\n\ndata_${name}\n\n`;

/**
 * Integers unchanged; other numbers with six decimals as in RELION, or with seven digits if six decimals
 * would lose precision.
 */
export function formatStarNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`STAR cannot represent ${value}`);
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) && magnitude < 1e15) return String(value);
  return magnitude >= 1e-3 && magnitude < 1e9 ? value.toFixed(6) : value.toExponential(6);
}

function formatValue(value: StarValue): string {
  if (typeof value === 'number') return formatStarNumber(value);
  if (value !== '' && !/\s/.test(value) && !RESERVED.test(value)) return value;
  // A quote ends quoted text only if white space follows it.
  for (const quote of ['"', "'"])
    if (!/[\r\n]/.test(value) && !new RegExp(`${quote}(\\s|$)`).test(value))
      return `${quote}${value}${quote}`;
  throw new RangeError(`STAR cannot represent the text ${JSON.stringify(value)} on one line`);
}

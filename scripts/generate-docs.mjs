// Writes the documents that are generated from tables in src/contract: docs/errors.md, docs/parameters.md,
// docs/metrics.md, docs/config.md. With --check: fails if a checked-in file differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { CONFIG_SECTIONS } from '../src/contract/config.ts';
import { ERRORS } from '../src/contract/errors.ts';
import { METRICS } from '../src/contract/metrics.ts';
import { PARAMETER_TABLE } from '../src/contract/parameters.ts';

const head = (title, source) =>
  `# ${title}\n\n<!-- Generated from ${source} by scripts/generate-docs.mjs: edit there. -->\n\n`;
const row = (cells) => `| ${cells.map((c) => String(c).replaceAll('|', '\\|')).join(' | ')} |\n`;
const table = (names, rows) => row(names) + row(names.map(() => '---')) + rows.map(row).join('');

function range(p) {
  if (p.choices) return p.choices.join(', ');
  if (p.minimum === undefined && p.maximum === undefined) return p.kind;
  return `${p.minimum ?? ''} to ${p.maximum ?? ''}`;
}

function defaultOf(schema) {
  const parsed = schema.safeParse(undefined);
  if (!parsed.success) return 'required';
  return parsed.data === null ? '' : String(parsed.data);
}

/** Steps that are repeated after a change of a parameter. CTF estimation depends on the micrograph. */
const REPEATED_STEPS = {
  align: 'motion, CTF',
  both: 'motion, CTF',
  ctf: 'CTF',
  discovery: 'none; changes which movies are processed',
  executor: 'none',
  nothing: 'none',
};

const documents = {
  'docs/errors.md':
    head('Errors', 'src/contract/errors/') +
    'Each failed movie and each refused request carries one of these codes.\n\n' +
    table(
      ['code', 'cause', 'tried again', 'HTTP', 'what happened', 'what to do'],
      Object.entries(ERRORS).map(([code, e]) => [
        `\`${code}\``,
        e.cause,
        e.retryable ? 'yes' : 'no',
        e.httpStatus,
        e.text,
        e.remedy,
      ]),
    ),
  'docs/parameters.md':
    head('Processing parameters', 'src/contract/parameters/') +
    'The same names are used in the HTTP query, in the `[params]` section of the config file (as defaults) and, as `--name` with dashes, on the command line. ' +
    'If the metadata file of a movie (.xml, .mdoc) has a value, the start form suggests it. If a session is resumed with a changed parameter, only the steps that depend on it are repeated.\n\n' +
    table(
      [
        'name',
        'label',
        'unit',
        'range',
        'default',
        'in metadata',
        'steps repeated after a change',
        'meaning',
      ],
      PARAMETER_TABLE.map((p) => [
        `\`${p.name}\``,
        p.label,
        p.unit,
        range(p),
        p.required ? '**required**' : (p.default ?? ''),
        p.metadata ? 'yes' : '',
        REPEATED_STEPS[p.affects],
        p.help,
      ]),
    ),
  'docs/metrics.md':
    head('Metrics', 'src/contract/metrics.ts') +
    'Values measured for each movie. The page and CSV files show them under the label, JSON files under the key, in the unit given here. In the API and the result record, the name of a field with a length or an angle ends with its unit (A, Deg).\n\n' +
    table(
      ['key', 'label', 'unit', 'API', 'result record', 'better', 'meaning'],
      METRICS.map(({ key, label, unit, source, better, help }) => [
        `\`${key}\``,
        label,
        unit,
        source.field ? `\`${source.field}\`` : `mean of ${source.meanOf.map((f) => `\`${f}\``).join(', ')}`,
        source.record ? `\`${source.record.formula ?? source.record}\`` : '',
        better ?? '',
        help,
      ]),
    ),
  'docs/config.md':
    head('Config file', 'src/contract/config.ts') +
    "`~/.cryoem.conf`, or the file given with `--config`; the syntax is that of Python's configparser.\n\n" +
    Object.entries(CONFIG_SECTIONS)
      .map(
        ([section, schema]) =>
          `## [${section}]\n\n${table(
            ['key', 'default', 'meaning'],
            Object.entries(schema.shape).map(([key, field]) => [
              `\`${key}\``,
              defaultOf(field),
              field.description ?? '',
            ]),
          )}`,
      )
      .join('\n'),
};

let differingCount = 0;
for (const [path, content] of Object.entries(documents)) {
  if (!process.argv.includes('--check')) writeFileSync(path, content);
  else if (readFileSync(path, 'utf8') !== content) {
    console.error(`${path} does not match src/contract: run npm run docs`);
    differingCount++;
  }
}
process.exit(differingCount > 0 ? 1 : 0);

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScratchCopy } from './support/scratch-copy.ts';
import { TEST_TIMEOUT_MS } from './support/test-timeout.ts';

/** New rows of the tables, as described in the READMEs of src/contract and src/pipeline. */
const PARAMETER_ROW = `  {
    name: 'tile_size',
    kind: 'integer',
    label: 'Tile size',
    unit: 'px',
    minimum: 128,
    maximum: 2048,
    default: 512,
    group: 'ctf',
    affects: 'ctf',
    recipe: { field: 'ctf.tilePx', schema: z.number().int().positive(), whenNotGiven: 'absent' },
    help: 'Side of the tiles whose spectra are averaged.',
  },
`;
const USE_IN_THE_STEP = `  const tilePx: number = recipe.ctf.tilePx ?? PARAMETER_DEFAULTS.tile_size;
  if (tilePx % 2 === 1) throw new Error('the side of a tile must be even');
`;
const METRIC_ROW = `  {
    key: 'figureOfMerit',
    label: 'Figure of merit',
    shortLabel: 'merit',
    unit: '',
    help: 'Cross-correlation of spectrum and model.',
    digits: 3,
    screenScale: 1,
    better: 'high',
    isFadedIfDoubtful: false,
    source: { field: 'figureOfMerit', kind: 'number', record: 'ctf.figureOfMerit' },
    plot: { startsAtZero: true },
  },
`;
const PROGRAM_ROW = `  {
    kind: 'ctf',
    name: 'ringfit',
    title: 'RingFit',
    pathDescription: 'ringfit 2',
    command: 'ringfit',
    needsGpu: false,
  },
`;
const PROGRAM_FILE = `import type { ProgramSettings } from '../../contract/programs.ts';
import type { CtfEstimator } from '../adapter.ts';
import { ctfAdapter } from './ctf-adapter.ts';

export const ringfitAdapter = (settings: ProgramSettings): CtfEstimator =>
  ctfAdapter(
    {
      name: 'ringfit',
      call: ({ file }) => ({ args: [file] }),
      read: () => {
        throw new Error('not in this test');
      },
    },
    settings,
  );
`;
const END_OF_TABLE = '] as const satisfies';
/** The compiler runs on the complete copy, twice. */
const TIMEOUT_MS = 3 * TEST_TIMEOUT_MS;

let copy: ScratchCopy;
beforeAll(() => {
  copy = new ScratchCopy();
  copy.insertBefore('src/contract/parameters/ctf.ts', END_OF_TABLE, PARAMETER_ROW);
  const step = 'src/pipeline/ctf-step.ts';
  const importLine = "import { PARAMETER_DEFAULTS } from '../contract/parameters.ts';\n";
  copy.write(step, `${importLine}${copy.read(step)}`);
  copy.insertBefore(step, '  const program = programFor(', USE_IN_THE_STEP);
  copy.insertBefore('src/contract/metrics.ts', END_OF_TABLE, METRIC_ROW);
  copy.insertBefore('src/contract/programs.ts', END_OF_TABLE, PROGRAM_ROW);
  copy.write('src/pipeline/programs/ringfit.ts', PROGRAM_FILE);
  const registry = 'src/pipeline/programs/registry.ts';
  copy.insertBefore(registry, '  ctffind: ctffindAdapter,', '  ringfit: ringfitAdapter,\n');
  copy.insertBefore(registry, 'import { relionAdapter }', "import { ringfitAdapter } from './ringfit.ts';\n");
});
afterAll(() => copy.remove());

interface Facts {
  readonly parameter: {
    readonly query: { readonly ok: boolean; readonly errors: readonly { readonly message: string }[] };
    readonly recipes: Readonly<Record<'withoutValue' | 'withDefault' | 'withValue', RecipeFacts>>;
    readonly form: {
      readonly errors: Readonly<Record<string, string>>;
      readonly body: Readonly<Record<string, string>>;
    };
  };
  readonly http: {
    readonly openApi: unknown;
    readonly parameters: { readonly parameters: readonly Readonly<Record<string, unknown>>[] };
  };
  readonly metric: {
    readonly row: number;
    readonly column: readonly number[];
    readonly page: Readonly<Record<'keys' | 'table' | 'grid', readonly string[]>> & {
      readonly words: Readonly<Record<string, unknown>>;
    };
    readonly plots: readonly string[];
    readonly csv: string;
  };
  readonly programs: readonly string[];
}
interface RecipeFacts {
  readonly ctf: Readonly<Record<string, unknown>>;
  readonly hashes: { readonly align: string; readonly ctf: string };
}

const run = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await copy.node(...args);
  expect(err).toBe('');
  expect(code).toBe(0);
  return out;
};

describe('a row in a table of the contract', () => {
  let facts: Facts;
  let help: string;
  let docs: Readonly<Record<'parameters' | 'metrics' | 'config', string>>;
  beforeAll(async () => {
    const probe = copy.node('test/support/declared-once-probe.ts', 'tile_size', 'figureOfMerit');
    const [processHelp, docsOutput, probeResult] = await Promise.all([
      run('bin/cryoem', 'process', '--help'),
      run('scripts/generate-docs.mjs'),
      probe,
    ]);
    expect(docsOutput).toBe('');
    expect(probeResult.err).toBe('');
    facts = JSON.parse(probeResult.out);
    help = processHelp.replaceAll(/\s+/g, ' ');
    const doc = (name: string) => copy.read(`docs/${name}.md`);
    docs = { parameters: doc('parameters'), metrics: doc('metrics'), config: doc('config') };
  }, TIMEOUT_MS);

  it.each(['tsconfig.json', 'web/tsconfig.json'])(
    'needs no other change to compile: %s',
    async (project) => {
      const { out } = await copy.node('node_modules/typescript/bin/tsc', '--noEmit', '-p', project);
      expect(out).toBe('');
    },
    TIMEOUT_MS,
  );

  describe('for a parameter', () => {
    it('adds a flag, a validated query parameter, and a field of the form', () => {
      expect(help).toContain('--tile-size <integer> Tile size (in px; default 512): Side of the tiles');
      expect(facts.parameter.query).toMatchObject({
        ok: false,
        errors: [{ message: 'tile_size must be from 128 to 2048 px' }],
      });
      expect(facts.parameter.form.errors).toEqual({ tile_size: 'Tile size must be from 128 to 2048 px.' });
      expect(facts.parameter.form.body).toMatchObject({ tile_size: '5' });
    });

    it('is in the API, the OpenAPI document and the docs', () => {
      const declared = facts.http.parameters.parameters.find(({ name }) => name === 'tile_size');
      expect(declared).toMatchObject({ label: 'Tile size', group: 'ctf', minimum: 128, affects: 'ctf' });
      expect(declared).not.toHaveProperty('recipe');
      const document = JSON.stringify(facts.http.openApi);
      expect(document).toContain('"name":"tile_size"');
      expect(document).toContain('"tilePx"');
      expect(docs.parameters).toContain('| `tile_size` | Tile size | px | 128 to 2048 | 512 |');
    });

    it('is in the recipe if it is given, and changes the hash of the step that uses it', () => {
      const { withoutValue, withDefault, withValue } = facts.parameter.recipes;
      expect(withValue.ctf.tilePx).toBe(200);
      expect(withValue.hashes.align).toBe(withoutValue.hashes.align);
      expect(withValue.hashes.ctf).not.toBe(withoutValue.hashes.ctf);
      expect(withoutValue.ctf).not.toHaveProperty('tilePx');
      expect(withDefault.hashes).toEqual(withoutValue.hashes);
    });
  });

  describe('for a metric', () => {
    it('adds a column of the ledger, a field of the API and a binary column', () => {
      expect(facts.metric.row).toBe(0.25);
      expect(facts.metric.column).toEqual([0.25]);
      expect(JSON.stringify(facts.http.openApi)).toContain('"figureOfMerit"');
    });

    it('is plotted, tabulated, offered as a colour of the grid, exported and documented', () => {
      const { page, plots, csv } = facts.metric;
      for (const list of [page.keys, page.table, page.grid]) expect(list).toContain('figureOfMerit');
      expect(page.words.figureOfMerit).toMatchObject({ label: 'Figure of merit', short: 'merit' });
      expect(plots).toContain('Figure of merit');
      expect(csv.split('\r\n')[0]).toContain('Figure of merit');
      expect(csv.split('\r\n')[1]).toContain('0.25');
      expect(docs.metrics).toContain('| `figureOfMerit` | Figure of merit |');
    });
  });

  describe('for a program, with its file', () => {
    it('adds a choice, a flag, a key of the config file, and their docs', () => {
      expect(facts.programs).toContain('ringfit');
      expect(help).toContain('--ringfit <file>');
      expect(help).toContain('RingFit');
      expect(docs.config).toContain('| `ringfit` | ringfit |');
      expect(docs.parameters).toContain('RingFit');
      const choice = facts.http.parameters.parameters.find(({ name }) => name === 'ctf_program');
      expect(choice?.choices).toContain('ringfit');
    });

    it(
      'is checked by the doctor if the config file selects it',
      async () => {
        const config = join(copy.directory, 'cryoem.conf');
        const lines = ['[general]', `session_dir = ${copy.directory}`, `state_dir = ${copy.directory}/state`];
        const programs = ['[programs]', 'ctf = ringfit', 'ringfit = /no/such/ringfit'];
        writeFileSync(
          config,
          [...lines, '[api]', 'token = a-long-word-of-a-test', ...programs, ''].join('\n'),
        );
        const { out } = await copy.node('bin/cryoem', 'doctor', '--json', '--config', config);
        expect(out).toContain('/no/such/ringfit');
        expect(out).toContain('ringfit in [programs]');
      },
      TEST_TIMEOUT_MS,
    );
  });
});

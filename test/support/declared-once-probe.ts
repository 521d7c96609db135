import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeColumns, encodeColumns } from '../../src/contract/columns.ts';
import { PARAMETER_DEFAULTS, type ParameterValues } from '../../src/contract/parameters.ts';
import { parseParameters } from '../../src/contract/parse-parameters.ts';
import { type ResultRecord, resultRecordSchema } from '../../src/contract/record.ts';
import { allPrograms } from '../../src/pipeline/programs/registry.ts';
import { recipeFromParameters, stepHashes } from '../../src/pipeline/recipe.ts';
import { openLedger } from '../../src/sessions/ledger/ledger.ts';
import { GRID_METRICS } from '../../web/src/data/grid-choices.ts';
import { metricWords } from '../../web/src/data/metric-words.ts';
import { METRIC_KEYS, metricsIn } from '../../web/src/data/metrics.ts';
import { SeriesStore } from '../../web/src/data/series-store.ts';
import { PLOTS } from '../../web/src/live/live-plots.ts';
import { exportSelection } from '../../web/src/session/selection-export.ts';
import { errorsOf, toBody } from '../../web/src/start/form-values.ts';
import { BEARER, serviceUnderTest } from '../http/service-under-test.ts';

/**
 * Prints, as JSON, where the service and the page use a parameter, a metric and a program. Run it in a
 * copy of the repository to which the three were added: `node declared-once-probe.ts PARAMETER METRIC_FIELD`.
 */
const [parameter = '', field = ''] = process.argv.slice(2);
const REQUIRED = { apix: 1, kev: 300 };
const NO_FILES = { gainPath: null, defectMapPath: null };

const recipeWith = (values: Record<string, unknown>) => {
  const parsed = parseParameters({ ...REQUIRED, ...values });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return recipeFromParameters(parsed.values, NO_FILES);
};

function parameterFacts() {
  const defaults: Record<string, unknown> = PARAMETER_DEFAULTS;
  const [withoutValue, withDefault, withValue] = [
    {},
    { [parameter]: defaults[parameter] },
    { [parameter]: '200' },
  ].map((values) => {
    const recipe = recipeWith(values);
    return { ctf: recipe.ctf, hashes: stepHashes(recipe) };
  });
  const form = { apix: '1', kev: '300', [parameter]: '5' };
  return {
    query: parseParameters({ ...REQUIRED, [parameter]: '5' }),
    recipes: { withoutValue, withDefault, withValue },
    form: { errors: errorsOf(form), body: toBody(form, {}) },
  };
}

async function httpFacts() {
  const service = await serviceUnderTest();
  const request = async (url: string) => (await service.app.inject({ url, headers: BEARER })).json();
  const facts = { openApi: await request('/docs/json'), parameters: await request('/api/v1/parameters') };
  await service.close();
  return facts;
}

const RECORD: ResultRecord = resultRecordSchema.parse({
  version: 1,
  movie: { path: 'a.mrc', base: 'a', sizeBytes: 1, mtimeMs: 1 },
  recipe: recipeFromParameters(REQUIRED satisfies ParameterValues, NO_FILES),
  recipeHash: '',
  stepHashes: { align: '', ctf: '' },
  attempt: 1,
  host: 'h',
  executor: 'local',
  serviceVersion: '0',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:00:05Z',
  steps: [],
  motion: null,
  statistics: null,
  files: {},
  warnings: [],
  outcome: { status: 'ok' },
  ctf: {
    defocusUA: 12_000,
    defocusVA: 11_000,
    astigmatismA: 1000,
    astigmatismAngleDeg: 5,
    phaseShiftDeg: 0,
    figureOfMerit: 0.25,
    fitResolutionA: 4,
    fitCriterion: '',
    confidence: 0.9,
    iceRingScore: 0,
    profile: { frequencyPerA: [], data: [], model: [], cc: [] },
  },
});

function metricFacts() {
  const stateDir = mkdtempSync(join(tmpdir(), 'cryoem-probe-'));
  const ledger = openLedger(stateDir);
  const { id } = ledger.sessions.idOf({ project: 'p', user: 'u', session: 's' });
  ledger.movies.finish(ledger.movies.add(id, RECORD.movie, 3), 'done', RECORD);
  const row: Record<string, unknown> = ledger.movieRows.row(id, 'a') ?? {};
  const columns = decodeColumns(encodeColumns(ledger.movieRows.columns(id, 0, 10)).buffer);
  ledger.close();
  rmSync(stateDir, { recursive: true });
  const store = new SeriesStore();
  store.append(columns);
  const selection = { mask: new Uint8Array([1]), count: 1 };
  const about = { session: 's', criteria: '' };
  const values: Readonly<Record<string, Float32Array>> = columns.values;
  return {
    row: row[field],
    column: [...(values[field] ?? [])],
    page: { keys: METRIC_KEYS, words: metricWords, table: metricsIn('table'), grid: GRID_METRICS },
    plots: PLOTS.map(({ title }) => title),
    csv: exportSelection(store.series, selection, 'csv', about),
  };
}

const facts = {
  parameter: parameterFacts(),
  http: await httpFacts(),
  metric: metricFacts(),
  programs: [...allPrograms('0').keys()],
};
process.stdout.write(JSON.stringify(facts));

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { jsonExcess } from '../../src/base/json-excess.ts';
import { findJsonSyntaxError } from '../../src/base/json-syntax.ts';
import { splitShellWords } from '../../src/base/shell-words.ts';
import { checkConfig } from '../../src/cli/config.ts';
import { convertValue, schemaOfSetting } from '../../src/cli/config-values.ts';
import { parseParameters } from '../../src/contract/parse-parameters.ts';
import { parseDefectText } from '../../src/engine/motion/defect-text.ts';
import { parseAnalyzer } from '../../src/executors/pegasus/analyzer.ts';
import { readDagman } from '../../src/executors/pegasus/dagman.ts';
import { lastHoldReason } from '../../src/executors/pegasus/held.ts';
import { readJobstate } from '../../src/executors/pegasus/jobstate.ts';
import { failureReason, parsePlanned } from '../../src/executors/pegasus/plan-output.ts';
import { parseStatusJson, parseStatusText } from '../../src/executors/pegasus/status.ts';
import { templateProblem } from '../../src/executors/slurm/job-script.ts';
import { parseAccounting, parseQueue } from '../../src/executors/slurm/queue.ts';
import { refusalOf } from '../../src/executors/slurm/refusal.ts';
import { siteOptions } from '../../src/executors/slurm/sbatch-options.ts';
import { readEpuNames } from '../../src/formats/epu-names.ts';
import { readEpuXml } from '../../src/formats/epu-xml.ts';
import { parseCtffindText } from '../../src/formats/logs/ctffind.ts';
import { parseCtffindCurves, parseGctfCurves } from '../../src/formats/logs/curves.ts';
import { parseGctfLog } from '../../src/formats/logs/gctf.ts';
import { parseCNumber } from '../../src/formats/logs/log-error.ts';
import { parseMotioncorPatches } from '../../src/formats/logs/motioncor-patches.ts';
import {
  parseMotioncorFullLog,
  parseMotioncorOutput,
  parseMotioncorProgress,
} from '../../src/formats/logs/motioncor-shifts.ts';
import { parseRelionMotion, parseRelionMotionLog } from '../../src/formats/logs/relion-motion.ts';
import { parsePythonConfig } from '../../src/formats/python-config.ts';
import { readSerialEmMdoc } from '../../src/formats/serialem-mdoc.ts';
import { parseStar } from '../../src/formats/star/parse.ts';
import { createRedactor } from '../../src/http/redact.ts';
import { isBoxText } from '../../src/pipeline/programs/references.ts';

const folder = mkdtempSync(join(tmpdir(), 'cryoem-linear-'));
afterAll(() => rmSync(folder, { recursive: true }));
function writeText(text: string): string {
  const path = join(folder, 'text');
  writeFileSync(path, text);
  return path;
}

/** A function that reads text which comes from outside the service. */
export interface Reader {
  readonly read: (text: string) => unknown;
  /** Words of the format. Test texts are made from these words and from `COMMON_WORDS`. */
  readonly words: readonly string[];
}

/** Words that texts of every format may contain. */
export const COMMON_WORDS = [
  ' ',
  '\t',
  '\n',
  '\r',
  '\f',
  '\u00a0',
  'a',
  '1',
  '1.',
  '-',
  '=',
  ':',
  '#',
  '"',
  "'",
  ',',
  'x y ',
];

/** Functions that read text only through a reader in `READERS`, or through JSON.parse. */
export const READ_THROUGH_OTHERS: readonly string[] = [
  'parseAutodoc', // readSerialEmMdoc
  'parseJson',
  'parseJsonAs',
  'parseMark',
  'parseSessionArgument', // split at each slash
  'parseStart',
];

/** Every reader of text in `src`. A test finds new ones by their names and first parameters. */
export const READERS: Readonly<Record<string, Reader>> = {
  readSerialEmMdoc: {
    read: (text) => readSerialEmMdoc(text, 'm.tif'),
    words: ['[', ']', '[a = ', '[T =', 'FrameDosesAndNumber = ', 'SubFramePath = a\\', '\\', '1 2 '],
  },
  readEpuXml: {
    read: readEpuXml,
    words: [
      '<a>',
      '</a>',
      '<',
      '>',
      '&',
      '&amp;',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '<a b="',
      '<a ',
    ],
  },
  readEpuNames: {
    read: readEpuNames,
    words: ['/', '\\', 'FoilHole_1', '_Data_1', '_1', 'GridSquare_1', '_'],
  },
  parseStar: { read: parseStar, words: ['data_', 'loop_', '_a', ';', '\n;', '_a 1\n', 'data_\nloop_\n_a\n'] },
  parsePythonConfig: { read: parsePythonConfig, words: ['[', ']', '[a]\n', 'a = 1\n', ' b', ';', '\n a'] },
  checkConfig: {
    read: (text) => checkConfig(`[general]\nsession_dir = /d\n[api]\ntoken = x\nport = ${text}`, 'f'),
    words: ['[a]\n', 'a = 1\n', '[api]\n', '_', 'host =', '\n host = '],
  },
  convertValue: {
    read: (text) => convertValue(schemaOfSetting('api', 'port'), text),
    words: ['_', '.', 'e'],
  },
  parseParameters: {
    read: (text) => parseParameters({ apix: text, patch: text, executor: text, superresolution: text }),
    words: ['x', '1x1', 'local', 'local, ', ', '],
  },
  parseCNumber: { read: parseCNumber, words: ['.', 'e', '+', 'nan(', 'inf'] },
  parseCtffindText: {
    read: (text) => parseCtffindText(text, 'f'),
    words: ['# Output from CTFFind version ', '1 2 3 4 5 6 7 ', '1 2 3 4 5 6 7\n', 'inf '],
  },
  parseCtffindCurves: { read: (text) => parseCtffindCurves(text, 'f'), words: ['1 2 3\n', '# '] },
  parseGctfLog: {
    read: (text) => parseGctfLog(text, 'f'),
    words: [
      'Final',
      'Values',
      'Final Values',
      ' Final ',
      'gctf',
      'gctf version ',
      'RES_LIMIT',
      '\x1b[',
      '\x1b[1m',
      'Resolution limit estimated by EPA:',
    ],
  },
  parseGctfCurves: { read: (text) => parseGctfCurves(text, 'f'), words: ['1 2 3 4 5\n', '1 2 '] },
  parseMotioncorFullLog: { read: (text) => parseMotioncorFullLog(text, 'f', 3), words: ['1 2 3\n', '1 2 '] },
  parseMotioncorOutput: {
    read: (text) => parseMotioncorOutput(text, 'f', 3),
    words: [
      'Frame',
      'Frame(1)shift:',
      'Frame ( 1) shift: ',
      'full-frame alignment shift',
      'frame x shift y shift\n',
      'x shift',
      '1 2 3\n',
    ],
  },
  parseMotioncorProgress: {
    read: parseMotioncorProgress,
    words: [
      'gain',
      'dark',
      'defect',
      'be skipped',
      'iteration 1 error: ',
      'throwing too',
      'throwing t',
      'o',
      'cannot be',
    ],
  },
  parseMotioncorPatches: {
    read: (text) => parseMotioncorPatches(text, 'f', 3),
    words: ['# Movie size: ', '# movie size:a', 'number of patches: ', '1 2 3 4 5 0\n', '1 2 3 4 5 '],
  },
  parseRelionMotion: {
    read: (text) => parseRelionMotion(text, 'f', { firstFrame: 1, usedFrames: 3 } as never),
    words: ['data_global_shift\n', 'loop_\n', '_rlnMicrographFrameNumber\n', '1 2 3\n'],
  },
  parseRelionMotionLog: {
    read: (text) => parseRelionMotionLog(text, 'f'),
    words: [
      'global alignment:\n',
      'iteration 1: RMSD = ',
      'iteration ',
      'polynomial fit RMSD: X = ',
      'X=1px',
      'px',
      'Y=',
    ],
  },
  parseDefectText: {
    read: (text) => parseDefectText(text, 'f'),
    words: ['1 2 3 4\n', 'BadPixels ', 'UsableArea '],
  },
  isBoxText: {
    read: (text) => isBoxText(writeText(text), undefined),
    words: ['1 2 3 4\n', '1 2 3 4 ', '\n\n'],
  },
  parseAnalyzer: { read: parseAnalyzer, words: ['===', '==a==\n', 'last state: ', 'exitcode : '] },
  readJobstate: {
    read: readJobstate,
    words: ['1 INTERNAL *** A ***\n', '1 INTERNAL *** A ', '***', '1 a b c\n'],
  },
  parseStatusText: {
    read: parseStatusText,
    words: ['1 ', '1,', '1 1 1 1 1 1 1 ', '*a', '1 1 1 1 1 1 1 1.0 A '],
  },
  parseStatusJson: { read: parseStatusJson, words: ['{', '[', '{"a":'] },
  parsePlanned: { read: parsePlanned, words: ['{', '[', '{"a":', '\n\n'] },
  failureReason: {
    read: (text) => failureReason('', text),
    words: ['[1] ', '[1] a: ', 'a: ', ' at a(a:1)', ' at ', '1 1 UTC: [ERROR] ', '('],
  },
  readDagman: {
    read: readDagman,
    words: [
      'a b ERROR ',
      'a b Warning',
      '(condor_DAGMAN) pid 1 EXITING WITH STATUS ',
      '(condor_DAGMAN) pid ',
    ],
  },
  lastHoldReason: { read: lastHoldReason, words: ['Hold reason:', 'Hold reason: a\n'] },
  parseQueue: { read: (text) => parseQueue(text, 'a'), words: ['|', '1|1|A|a|a|a\n', '1|'] },
  parseAccounting: { read: (text) => parseAccounting(text, 'a'), words: ['|', '1_1|A|a|a\n', '1_'] },
  refusalOf: {
    read: (text) => refusalOf('sbatch', text, false),
    words: ['partition', 'no such file', 'not in required', 'slurm.conf', 'sbatch: error: '],
  },
  templateProblem: {
    read: templateProblem,
    words: ['#SBATCH ', '#SBATCH', '\n#SBATCH --a', '--arra', '{{environment}}'],
  },
  siteOptions: { read: siteOptions, words: ['--a=b ', '--a ', '-n ', '\\', '"a"'] },
  splitShellWords: { read: (text) => splitShellWords(text), words: ['\\', '\\"', '$', '"a" ', "'a'"] },
  findJsonSyntaxError: {
    read: findJsonSyntaxError,
    words: ['{', '[', '"\\n', '"a":', '\\u0000', '[1,', '{"a":'],
  },
  jsonExcess: {
    read: (text) => jsonExcess(text, { depth: 1e9, values: 1e9 }),
    words: ['{', '[', '\\', '"a"'],
  },
  createRedactor: {
    read: createRedactor('secret'),
    words: ['access_token', 'access_token=', 'token', 'key: ', 'bearer', 'bearer ', '%3d', 'secret', '&'],
  },
};

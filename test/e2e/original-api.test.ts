import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  execFileAsync,
  filesBelow,
  makeTestSession,
  type RunningService,
  simulate,
  startServe,
  status,
  type TestSession,
  until,
  workersOf,
} from '../support/e2e/harness.ts';

/** The config file of the original service, unchanged; the test replaces only session_dir and port. */
const ORIGINAL_CONFIG = `[general]

debug = False
\t#full session dir is /cryoem1/<project_id>/sessions/<uscnetid>/<session_id>
session_dir = /cryoem1

[api]

port = 8115
token = somesecret

[params]

maxjobs = 100
debug_maxjobs = 50
partition = cryoem_partition
account = trojan_123
glite_arguments = --gres=gpu:a40:4 --exclusive
#cluster size tells how many small batches of files to submit. Multiply by the number of GPUs
#set to at least the number of nodes
cluster_size = 5
#how many gpus utilize. values are 2, 4 or 1. If other value is used it defaults to 1
no_of_gpus = 4
no_of_files_to_proc_in_cycle = 100
\t#When not defined here it is being adjusted automatically 
\t#to the 10% of the number of files processed in a cycle
pegasus_stageout_clusters = 10
`;

/** The commands of the original API, unchanged; the test replaces only the port. */
const START = `curl 'localhost:8112/ttrojan_123/ttrojan/session/20210427113_usc_ttrojan_k3_mysample1/start-processing?apix=0.813&fmdose=1.224&kev=300&superresolution=False&access_token=somesecret'`;
const STATUS = `curl 'localhost:8112/ttrojan_123/ttrojan/session/20210427113_usc_ttrojan_k3_mysample1?access_token=somesecret' | python3 -m json.tool`;

/** The simulated microscope of this test. */
const MICROSCOPE = '--size 256x256 --frames 4 --apix 0.813 --fmdose 1.224 --seed 3'.split(' ');

/** Runs a command line of the original API, with the port of the test. Returns its standard output. */
async function shell(testSession: TestSession, line: string): Promise<string> {
  const { stdout } = await execFileAsync('bash', [
    '-o',
    'pipefail',
    '-c',
    line.replace('curl', 'curl -s').replace('8112', String(testSession.port)),
  ]);
  return stdout;
}

describe('the original API and config file', () => {
  let testSession: TestSession;
  let service: RunningService | null = null;

  beforeAll(async () => {
    testSession = await makeTestSession();
    const config = ORIGINAL_CONFIG.replace(
      '/cryoem1\n\n[api]',
      `${testSession.top}\nstate_dir = ${testSession.stateDir}\n\n[api]`,
    ).replace('8115', String(testSession.port));
    await writeFile(testSession.configPath, `${config}\n[discovery]\ncomplete_seconds = 2\n`);
    for (const directory of [
      'ttrojan2/20210627113_usc_ttrojan_k3_mysample2/raw',
      'ttrojan2/20210727113_usc_ttrojan_k3_mysample3/raw',
      'ttrojan2/20210727113_usc_ttrojan_k3_mysample3/workflow/motioncor2',
    ]) {
      await mkdir(join(dirname(dirname(testSession.sessionDir)), directory), { recursive: true });
    }
    await simulate(testSession, '--movies', '2', ...MICROSCOPE);
    service = await startServe(testSession);
  });
  afterAll(async () => {
    await service?.stop();
    await testSession.remove();
  });

  it('lists the sessions of a user', async () => {
    const response = JSON.parse(
      await shell(testSession, `curl 'localhost:8112/ttrojan_123/ttrojan2/sessions?access_token=somesecret'`),
    );
    expect(JSON.stringify(response)).toContain('20210627113_usc_ttrojan_k3_mysample2');
    expect(JSON.stringify(response)).toContain('20210727113_usc_ttrojan_k3_mysample3');
  });

  it('processes nothing before it is started', async () => {
    const runningService = service as RunningService;
    await until(
      async () => (await status(runningService, testSession)).state === 'needs_processing',
      'the movies to be found',
    );
    expect(await filesBelow(testSession.processed)).toEqual([]);
  });

  it('starts with the original command, processes, and returns the six fields', async () => {
    const runningService = service as RunningService;
    await shell(testSession, START);
    await until(
      async () => (await status(runningService, testSession)).state === 'processing_complete',
      'the session to complete',
    );
    const response = JSON.parse(await shell(testSession, STATUS));
    expect(response).toEqual({
      failed_jobs: 0,
      percent_current_cycle: 100,
      percent_done_total: 100,
      processed_files: 2,
      raw_files: 2,
      state: 'processing_complete',
    });
  });

  it('processes new movies when the microscope continues after a pause and the same command is sent again', async () => {
    const runningService = service as RunningService;
    await simulate(testSession, '--movies', '1', ...MICROSCOPE);
    await shell(testSession, START);
    await until(
      async () => (await status(runningService, testSession)).processed_files === 3,
      'the third movie',
    );
    expect((await status(runningService, testSession)).failed_jobs).toBe(0);
  });

  it('writes the specified layout: raw is unchanged, and workflow and processed have their files', async () => {
    const movies = (await filesBelow(testSession.raw)).filter((f) => f.endsWith('_fractions.tiff'));
    expect(movies).toHaveLength(3);
    const processed = await filesBelow(testSession.processed);
    for (const suffix of [
      '_DW.mrc',
      '_ctf.jpg',
      '_thumb.jpg',
      '_combined.jpg',
      '.ctf',
      '_ctffind.txt',
      '.star',
    ]) {
      expect(
        processed.filter((f) => f.startsWith('FoilHole') && f.endsWith(suffix)),
        suffix,
      ).toHaveLength(3);
    }
    expect(processed.filter((f) => f.startsWith('results/'))).toHaveLength(3);
    expect(
      (await filesBelow(join(testSession.sessionDir, 'workflow'))).some((f) =>
        /^cycle-000001\/batch-.*\.json$/.test(f),
      ),
    ).toBe(true);
  });

  it('stops and resumes through the original routes', async () => {
    const runningService = service as RunningService;
    const route = `localhost:8112${testSession.route}`;
    await shell(testSession, `curl '${route}/stop-processing?access_token=somesecret'`);
    await until(async () => (await workersOf(testSession)).length === 0, 'the workers to end');
    await simulate(testSession, '--movies', '1', ...MICROSCOPE);
    await until(
      async () => (await status(runningService, testSession)).raw_files === 4,
      'the fourth movie to be found',
    );
    expect((await status(runningService, testSession)).state).toBe('needs_processing');
    await shell(testSession, `curl '${route}/resume-processing?access_token=somesecret'`);
    await until(
      async () => (await status(runningService, testSession)).processed_files === 4,
      'the fourth movie to be done',
    );
  });

  it('returns no_such_session for an unknown session, and 403 for a wrong token', async () => {
    const response = JSON.parse(
      await shell(
        testSession,
        `curl 'localhost:8112/ttrojan_123/ttrojan/session/unknown_session?access_token=somesecret'`,
      ),
    );
    expect(response.state).toBe('no_such_session');
    const code = await shell(
      testSession,
      `curl -o /dev/null -w '%{http_code}' 'localhost:8112${testSession.route}?access_token=guess'`,
    );
    expect(code).toBe('403');
  });

  it('never prints the token', () => {
    expect((service as RunningService).output()).not.toContain('somesecret');
  });

  it('does not change the config file of the user', async () => {
    expect(await readFile(testSession.configPath, 'utf8')).toContain(
      'glite_arguments = --gres=gpu:a40:4 --exclusive',
    );
  });
});

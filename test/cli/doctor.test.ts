import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/executors/executor.ts';
import { makeTestSession, startServe, type TestSession, TOKEN } from '../support/e2e/harness.ts';
import { type Cluster, startCluster, whyNoCluster } from '../support/slurm/cluster.ts';

interface CommandResult {
  code: number;
  out: string;
  err: string;
}

const cryoem = (...args: string[]): Promise<CommandResult> =>
  new Promise((done) => {
    execFile(process.execPath, [resolve('bin/cryoem'), ...args], (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });

let testSession: TestSession;
beforeEach(async () => {
  testSession = await makeTestSession();
});
afterEach(() => testSession.remove());

const examine = async (config = testSession.configPath) => {
  const { code, out } = await cryoem('doctor', '--json', '--config', config);
  return { code, findings: JSON.parse(out) as Finding[] };
};
const errors = (findings: Finding[]) => findings.filter(({ state }) => state === 'error');

describe('cryoem doctor', () => {
  it('reports no problem if there is none, and lists its checks', async () => {
    const { code, findings } = await examine();
    expect(errors(findings)).toEqual([]);
    expect(code).toBe(0);
    const subjects = findings.map(({ subject }) => subject);
    for (const subject of [
      'config',
      'sessions',
      'state',
      'port',
      'disk with the sessions',
      'permissions',
      'executor local',
    ])
      expect(subjects).toContain(subject);
  });

  it('reports every problem with its remedy', async () => {
    const file = join(testSession.top, 'raw-is-a-file');
    writeFileSync(file, '');
    writeFileSync(
      testSession.configPath,
      `[general]\nsession_dir = ${testSession.top}/gone\nstate_dir = ${file}/state\n[api]\nport = ${testSession.port}\ntoken = ${TOKEN}\n[programs]\nctf = gctf\ngctf = /no/such/gctf\n`,
    );
    const { code, findings } = await examine();
    expect(code).toBe(1);
    const text = errors(findings)
      .map(({ detail }) => detail)
      .join('\n');
    for (const words of ['session_dir in [general]', 'state_dir in [general]', 'set gctf in [programs]'])
      expect(text).toContain(words);
    for (const { remedy } of errors(findings)) expect(remedy).toBeTruthy();
  });

  it('lists session folders that cannot be used, with the remedy', async () => {
    const sessions = join(testSession.sessionDir, '..');
    mkdirSync(join(sessions, 'with space'));
    const { findings } = await examine();
    const found = findings.filter(({ detail }) => detail.includes('with space'));
    expect(found).toMatchObject([
      { state: 'warning', remedy: expect.stringContaining('Names have letters, digits') },
    ]);
  });

  it('reports an invalid config file with its lines', async () => {
    writeFileSync(
      testSession.configPath,
      '[general]\nsession_dir = relative\n[api]\ntoken = x\nport = many\n',
    );
    const { code, out } = await cryoem('doctor', '--config', testSession.configPath);
    expect(code).toBe(1);
    expect(out).toMatch(/ERROR .*config: .*line 2.*line 5/s);
  });

  it.skipIf(process.getuid?.() === 0)(
    'reports sessions that cannot be written [not as root, which can write everything]',
    async () => {
      chmodSync(testSession.sessionDir, 0o500);
      const { findings } = await examine();
      chmodSync(testSession.sessionDir, 0o700);
      expect(errors(findings)[0]).toMatchObject({
        subject: 'permissions',
        detail: expect.stringContaining('20210427113'),
      });
    },
  );

  it('recognises the port of the running service; cryoem executors queries that service', async () => {
    const service = await startServe(testSession);
    const { findings } = await examine();
    expect(findings.find(({ subject }) => subject === 'port')).toMatchObject({ state: 'ok' });
    const { code, out } = await cryoem('executors', '--config', testSession.configPath);
    expect(code).toBe(0);
    expect(out).toMatch(/EXECUTOR +HEALTH +SLOTS +RUNNING +QUEUED +VERSION\nlocal +healthy +\d+ +0 +0/);
    const json = JSON.parse((await cryoem('executors', '--json', '--config', testSession.configPath)).out);
    expect(json).toMatchObject([{ name: 'local', health: { state: 'healthy' } }]);
    await service.stop();
  });

  it('reports that Slurm is missing, with the remedy', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'cryoem-no-slurm-'));
    mkdirSync(join(empty, 'bin'));
    writeFileSync(testSession.configPath, `${config('slurm')}[slurm]\nbin_dir = ${empty}/bin\n`);
    const { code, findings } = await examine();
    rmSync(empty, { recursive: true });
    expect(code).toBe(1);
    expect(errors(findings)).toMatchObject([
      { subject: 'executor slurm', detail: expect.stringContaining('set bin_dir in [slurm]') },
    ]);
  });

  it('refuses options of sbatch that a site must not set', async () => {
    writeFileSync(
      testSession.configPath,
      `${config('slurm')}[params]\nglite_arguments = --gres=gpu:a40:4 --wrap=true\n`,
    );
    const { findings } = await examine();
    expect(errors(findings)[0]!.detail).toContain('--wrap is not allowed');
  });
});

const config = (executor: string) =>
  `[general]\nexecutor = ${executor}\nsession_dir = ${testSession.top}\nstate_dir = ${testSession.stateDir}\n[api]\nport = ${testSession.port}\ntoken = ${TOKEN}\n`;

describe.skipIf(whyNoCluster !== null)(
  `cryoem doctor with Slurm${whyNoCluster ? ` [${whyNoCluster}]` : ''}`,
  () => {
    let cluster: Cluster;
    beforeEach(async () => {
      cluster = await startCluster();
    });
    afterEach(() => cluster.down());

    it('reports whether a job would be accepted, or why not', async () => {
      const slurm = `${config('local, slurm')}[slurm]\nconf = ${cluster.conf}\n[params]\npartition = cryoem_partition\naccount = trojan_123\n`;
      writeFileSync(testSession.configPath, `${slurm}glite_arguments = --gres=gpu:a40:4 --exclusive\n`);
      const good = await examine();
      expect(errors(good.findings)).toEqual([]);
      const lines = good.findings.map((finding) => JSON.stringify(finding));
      expect(lines, 'no line is printed twice').toEqual([...new Set(lines)]);
      expect(good.findings.map(({ detail }) => detail).join('\n')).toContain(
        '--gres=gpu:a40:4 --exclusive would be accepted',
      );
      writeFileSync(testSession.configPath, `${slurm}glite_arguments = --gres=gpu:a40:8\n`);
      expect(errors((await examine()).findings)).toMatchObject([
        { detail: expect.stringContaining('No node of the partition has the requested resources') },
      ]);
      expect(await cluster.slurm('squeue', '-h', '-t', 'pending,running')).toBe('');
    });
  },
);

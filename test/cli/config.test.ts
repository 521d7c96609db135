import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkConfig, loadConfig } from '../../src/cli/config.ts';
import { CodedError } from '../../src/contract/errors.ts';
import { ORIGINAL_CONFIG } from '../fixtures/original.ts';

const folder = mkdtempSync(join(tmpdir(), 'cryoem-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MINIMAL = '[general]\nsession_dir = /d\n[api]\ntoken = 9f2c17d4e85b60a3c1d7\n';

function errorOf(run: () => unknown): CodedError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
    expect((error as CodedError).code).toBe('BAD_CONFIG');
    return error as CodedError;
  }
  throw new Error('nothing was thrown');
}

describe('checkConfig', () => {
  it.each([
    ['as it stands', ORIGINAL_CONFIG],
    ['without the indentation of its block', ORIGINAL_CONFIG.replaceAll(/^ {4}/gm, '')],
    ['as a Markdown viewer shows it', ORIGINAL_CONFIG.replaceAll(/^( {4}|\t)/gm, '')],
  ])('accepts the original config file %s', (_, text) => {
    const { config } = checkConfig(text, 'f');
    expect(config.general).toMatchObject({ debug: false, session_dir: '/cryoem1' });
    expect(config.api).toEqual({ host: '127.0.0.1', port: 8115, token: 'somesecret' });
    expect(config.params).toEqual({
      maxjobs: 100,
      debug_maxjobs: 50,
      partition: 'cryoem_partition',
      account: 'trojan_123',
      glite_arguments: '--gres=gpu:a40:4 --exclusive',
      cluster_size: 5,
      no_of_gpus: 4,
      no_of_files_to_proc_in_cycle: 100,
      pegasus_stageout_clusters: 10,
    });
  });

  it('warns only about the public example token in the original config file', () => {
    const { warnings } = checkConfig(ORIGINAL_CONFIG, 'f');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('published');
  });

  it('uses port 8112 and the loopback address if the file sets neither', () => {
    expect(checkConfig(MINIMAL, 'f').config.api).toMatchObject({ host: '127.0.0.1', port: 8112 });
  });

  it('reads the Slurm settings of a site, including shell lines', () => {
    const text = `${MINIMAL}[params]\nno_of_gpus = 3\n[slurm]\ntime_limit = 2:00:00\nmemory = 64G\nenvironment = module load cuda\n    export TMPDIR=/scratch\n`;
    const { config } = checkConfig(text.replace('[api]', 'executor = local, slurm\n[api]'), 'f');
    expect(config.general.executor).toBe('local, slurm');
    expect(config.params.no_of_gpus).toBe(1);
    expect(config.slurm).toMatchObject({
      time_limit: '2:00:00',
      memory: '64G',
      threads: null,
      poll_seconds: 5,
      environment: 'module load cuda\nexport TMPDIR=/scratch',
    });
  });

  it.each([
    ['executor = slurm, cloud', 'general', 'executor'],
    ['time_limit = two hours', 'slurm', 'time_limit'],
    ['memory = much', 'slurm', 'memory'],
  ])('refuses %s', (line, section, key) => {
    const text =
      section === 'general'
        ? MINIMAL.replace('[api]', `${line}\n[api]`)
        : `${MINIMAL}[${section}]\n${line}\n`;
    expect(errorOf(() => checkConfig(text, 'f')).message).toContain(`[${section}] ${key}: expected text (`);
  });

  it.each([
    ['True', true],
    ['yes', true],
    ['ON', true],
    ['1', true],
    ['False', false],
    ['off', false],
    ['0', false],
  ])('reads %s as a boolean', (text, debug) => {
    const { config } = checkConfig(MINIMAL.replace('[api]', `debug: ${text}\n[api]`), 'f');
    expect(config.general.debug).toBe(debug);
  });

  it('gives Pegasus minutes to plan a workflow, which once took 88 s under load', () => {
    expect(checkConfig(MINIMAL, 'f').config.pegasus.command_seconds).toBeGreaterThanOrEqual(300);
  });

  it('lists all wrong values, each with its line, what was expected and what was found', () => {
    const text =
      '[general]\nsession_dir = relative\ndebug = maybe\n[api]\nport = 99999\n[params]\nmaxjobs = 1.5\nkev = 3000\n';
    const { message } = errorOf(() => checkConfig(text, '/etc/c.conf'));
    expect(message).toMatch(/line 3: \[general\] debug: expected True or False, found "maybe"/);
    expect(message).toMatch(/line 5: \[api\] port: expected a whole number from 0 to 65535, found "99999"/);
    expect(message).toMatch(
      /line 7: \[params\] maxjobs: expected a whole number from 1 to 100000, found "1.5"/,
    );
    expect(message).toMatch(/line 8: \[params\] kev must be from 40 to 1300 kV, found "3000"/);
    expect(message).toMatch(/\[api\] token: expected some text, it is missing/);
    expect(message).toMatch(/line 2: \[general\] session_dir: expected an absolute path, found "relative"/);
    expect(message).toContain('/etc/c.conf');
  });

  it('reports a line without a setting together with wrong values', () => {
    const { message } = errorOf(() => checkConfig(`${MINIMAL}port = x\nnonsense\n`, 'f'));
    expect(message).toContain('line 5');
    expect(message).toContain('line 6');
  });

  it('warns about unknown keys and sections, with their lines', () => {
    const { warnings } = checkConfig(`${MINIMAL}colour = red\n[extra]\na=1\n`, 'f');
    expect(warnings).toEqual([
      'line 6: section [extra] is not known and has no effect',
      'line 5: colour is not a setting of [api] and has no effect',
    ]);
  });

  it('keeps processing parameters in [params] as defaults for starting sessions', () => {
    const { parameterDefaults, config } = checkConfig(
      `${MINIMAL}[params]\nkev = 300\nsuperresolution = False\naccount = a_1\n`,
      'f',
    );
    expect(parameterDefaults).toEqual({ kev: 300, superresolution: false });
    expect(config.params.account).toBe('a_1');
  });

  it.each(['0.0.0.0', '::', 'cryoem.example.org'])('refuses host %s without its own token', (host) => {
    const text = `[general]\nsession_dir=/d\n[api]\nhost = ${host}\n`;
    expect(errorOf(() => checkConfig(`${text}token = somesecret\n`, 'f')).message).toContain(
      'it needs its own token',
    );
    expect(errorOf(() => checkConfig(text, 'f')).message).toContain('[api] token');
    const ownToken = randomBytes(24).toString('hex');
    expect(checkConfig(`${text}token = ${ownToken}\n`, 'f').config.api.host).toBe(host);
  });

  it.each(['x', 'secret', 'another1', 'a'.repeat(64), 'password12345', 'abababababababababababababab'])(
    'refuses the guessable token %s if other machines can reach the service, and describes how to generate a better one',
    (token) => {
      const text = `[general]\nsession_dir=/d\n[api]\ntoken = ${token}\n`;
      const { message } = errorOf(() => checkConfig(`${text}host = 0.0.0.0\n`, 'f'));
      expect(message).toContain('openssl rand -hex 24');
      expect(message).toContain('can be guessed');
      expect(message).not.toContain(`found "${token}"`);
      expect(checkConfig(text, 'f').warnings.join()).toContain('can be guessed');
    },
  );

  it.each([
    ['openssl rand -hex 16', () => randomBytes(16).toString('hex')],
    ['openssl rand -hex 24', () => randomBytes(24).toString('hex')],
    ['openssl rand -base64 18', () => randomBytes(18).toString('base64')],
    ['uuidgen', () => randomUUID()],
  ])('accepts every token from %s', (_command, makeToken) => {
    for (let i = 0; i < 300; i++) {
      const text = `[general]\nsession_dir=/d\n[api]\nhost = 0.0.0.0\ntoken = ${makeToken()}\n`;
      expect(checkConfig(text, 'f').warnings).toEqual([]);
    }
  });

  it('reads the programs and their paths', () => {
    expect(checkConfig(MINIMAL, 'f').config.programs).toMatchObject({
      align: 'builtin',
      ctf: 'builtin',
      ctffind: 'ctffind',
      gctf: 'gctf',
      timeout_seconds: 600,
      relion: 'relion_run_motioncorr',
      motioncor2: 'MotionCor2',
      motioncor3: 'MotionCor3',
      relion_arguments: null,
      motioncor2_arguments: null,
      motioncor3_arguments: null,
    });
    const text = `${MINIMAL}\n[programs]\nctf = ctffind\nctffind = /opt/ctffind-5.0.2/ctffind\nalign = motioncor3\nmotioncor3_arguments = -Group 2 4\n`;
    expect(checkConfig(text, 'f').config.programs).toMatchObject({
      ctf: 'ctffind',
      ctffind: '/opt/ctffind-5.0.2/ctffind',
      align: 'motioncor3',
      motioncor3_arguments: '-Group 2 4',
    });
    const unknownPrograms = `${MINIMAL}\n[programs]\nctf = warp\nalign = warp\n`;
    const { message } = errorOf(() => checkConfig(unknownPrograms, 'f'));
    expect(message).toMatch(/one of builtin, ctffind, gctf.*, found "warp"/);
    expect(message).toMatch(/one of builtin, relion, motioncor2, motioncor3.*, found "warp"/);
  });

  it('lets overrides take precedence over the file, and validates them in the same way', () => {
    expect(checkConfig(MINIMAL, 'f', { api: { port: 0 } }).config.api.port).toBe(0);
    errorOf(() => checkConfig(ORIGINAL_CONFIG, 'f', { api: { host: '0.0.0.0' } }));
  });

  it('replaces a number of GPUs other than 1, 2 and 4 by 1', () => {
    expect(checkConfig(`${MINIMAL}[params]\nno_of_gpus = 3\n`, 'f').config.params.no_of_gpus).toBe(1);
  });
});

describe('loadConfig', () => {
  it('shows a sample if the file is missing, and the sample is a valid file', () => {
    const { message } = errorOf(() => loadConfig({ path: join(folder, 'none.conf'), requireFile: true }));
    expect(message).toContain('session_dir = /cryoem1');
    const sample = message.slice(message.indexOf('[general]'), message.lastIndexOf('(file'));
    expect(checkConfig(sample, 'f').config.api.port).toBe(8112);
  });

  it('warns about a world-readable file', () => {
    const path = join(folder, 'open.conf');
    writeFileSync(path, MINIMAL, { mode: 0o644 });
    expect(loadConfig({ path, requireFile: true }).warnings.join()).toContain('chmod 600');
    const closedPath = join(folder, 'closed.conf');
    writeFileSync(closedPath, MINIMAL, { mode: 0o600 });
    expect(loadConfig({ path: closedPath, requireFile: true })).toMatchObject({
      warnings: [],
      source: closedPath,
    });
  });
});

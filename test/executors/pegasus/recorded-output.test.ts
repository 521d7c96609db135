import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeFailure, parseAnalyzer } from '../../../src/executors/pegasus/analyzer.ts';
import { readJobstate } from '../../../src/executors/pegasus/jobstate.ts';
import { failureReason, parsePlanned } from '../../../src/executors/pegasus/plan-output.ts';
import { parseStatusJson, parseStatusText } from '../../../src/executors/pegasus/status.ts';

const recorded = (name: string) => readFileSync(new URL(`recorded/${name}`, import.meta.url), 'utf8');

/** Cases in `plan-errors-*.txt`: a title `### name`, then exit code, standard output and standard error. */
function failuresOf(version: string): Map<string, { stdout: string; stderr: string }> {
  const cases = recorded(`plan-errors-${version}.txt`).split(/^### /m).slice(1);
  return new Map(
    cases.map((text) => {
      const [, name = '', stdout = '', stderr = ''] =
        /^(\S+)\nrc=\d+\nstdout: ?([\s\S]*?)\nstderr:([\s\S]*)$/.exec(text) ?? [];
      return [name, { stdout, stderr }];
    }),
  );
}

describe('recorded output of pegasus-status', () => {
  it('5.1.2: counts of a running workflow', () => {
    expect(parseStatusJson(recorded('status-running-5.1.2.json'))).toEqual({
      unready: 1,
      ready: 0,
      pre: 0,
      queued: 3,
      post: 0,
      succeeded: 2,
      failed: 0,
      percentDone: 33.33,
      state: 'Running',
      held: [],
    });
  });

  it('5.1.2: held jobs are reported with the reason, although the state is Running', () => {
    const status = parseStatusJson(recorded('status-held-5.1.2.json'));
    expect(status.state).toBe('Running');
    expect(status.held.map((held) => held.job)).toEqual([
      'stage_in_remote_slurm_1_0',
      'stage_in_remote_slurm_0_0',
    ]);
    expect(status.held[0]?.reason).toContain('Requested node configuration is not available');
  });

  it('5.1.2: a workflow that succeeded', () => {
    expect(parseStatusJson(recorded('status-success-5.1.2.json'))).toMatchObject({
      state: 'Success',
      succeeded: 6,
    });
  });

  it('5.0.9: the line of the workflow in the text, even with a thousands separator', () => {
    const head = 'UNRDY READY   PRE  IN_Q  POST  DONE  FAIL %DONE STATE   DAGNAME\n';
    const line = '    0     0     0     0     0     4     1  66.7 Failure *batch-001-0.dag\n';
    expect(parseStatusText(head + line)).toMatchObject({
      queued: 0,
      succeeded: 4,
      failed: 1,
      percentDone: 66.7,
      state: 'Failure',
    });
    expect(parseStatusText(line.replace('    4 ', '1,004 '))).toMatchObject({ succeeded: 1004 });
  });

  it.each(['', 'Error: /tmp is not a valid workflow submit-directory', '{}', '{"dags":{}}'])(
    '%j is refused',
    (text) => {
      expect(() => parseStatusJson(text)).toThrow(/pegasus-status cannot be parsed/);
      expect(() => parseStatusText(text)).toThrow(/pegasus-status cannot be parsed/);
    },
  );
});

describe('recorded jobstate.log, 5.1.2', () => {
  it('of a failed workflow contains the failed node', () => {
    const { exitStatus, nodes } = readJobstate(recorded('jobstate-failed-5.1.2.log'));
    expect(exitStatus).toBe(1);
    const failed = [...nodes].filter(([, node]) => (node.exitCode ?? 0) !== 0).map(([name]) => name);
    expect(failed).toEqual(['merge_process_movie_PID1_ID2']);
  });

  it('of a workflow that was removed and resumed has the end of its last run', () => {
    const text = recorded('jobstate-removed-and-resumed-5.1.2.log');
    const secondStart = text.indexOf('DAGMAN_STARTED', text.indexOf('DAGMAN_FINISHED'));
    expect(readJobstate(text.slice(0, text.indexOf('\n', secondStart) + 1))).toMatchObject({
      exitStatus: null,
      starts: 2,
    });
    expect(readJobstate(text.slice(0, text.lastIndexOf('\n', secondStart)))).toMatchObject({ exitStatus: 2 });
    expect(readJobstate(text)).toMatchObject({ exitStatus: 0, starts: 2 });
  });

  it('is read up to its last complete line while it is written', () => {
    const text = recorded('jobstate-failed-5.1.2.log');
    const cut = text.slice(0, text.indexOf('DAGMAN_FINISHED 1') + 'DAGMAN_FINISHED'.length);
    expect(readJobstate(cut).exitStatus).toBeNull();
    expect(readJobstate('')).toEqual({
      exitStatus: null,
      starts: 0,
      isMonitorGone: false,
      nodes: new Map(),
    });
  });
});

describe('recorded output of pegasus-plan', () => {
  it('5.1.2: the submit directory of a workflow that was submitted', () => {
    expect(parsePlanned(recorded('plan-submit-5.1.2.out'))).toEqual({
      submitDirectory: '/home/cryo/own1/submit',
      workflowUuid: '92fafa88-1d3f-4b22-b13f-23dd6ad1136a',
      plannerVersion: '5.1.2',
    });
  });

  it.each(['5.0.9', '5.1.2'])(
    '%s: output of a call that failed is not accepted as the description of a workflow',
    (version) => {
      for (const [name, { stdout }] of failuresOf(version)) {
        if (name !== 'dup-id' && name !== 'ok')
          expect(() => parsePlanned(stdout), name).toThrow(/cannot be parsed/);
      }
    },
  );

  it.each(['5.0.9', '5.1.2'])('%s: the reason for each failure, without source positions', (version) => {
    const reasons = new Map(
      [...failuresOf(version)].map(([name, { stdout, stderr }]) => [name, failureReason(stdout, stderr)]),
    );
    expect(reasons.get('schema')).toBe(
      'Illegal key bogus for element uses - {"lfn":"m1.tiff","type":"input","bogus":1}',
    );
    expect(reasons.get('missing-replica')).toMatch(
      /Can't determine a location to transfer input file for lfn m1.tiff/,
    );
    expect(reasons.get('bad-site')).toMatch(/^Execution site nosuch not loaded/);
    expect(reasons.get('again-same-dir')).toMatch(/"batch-001-0.dag.condor.sub" already exists/);
    expect(reasons.get('run-nonsubmitdir')).toMatch(/not a valid submit-dir/);
    expect(reasons.get('remove-unstarted')).toMatch(/No such file or directory/);
    for (const reason of reasons.values()) expect(reason).not.toMatch(/\.java:/);
  });
});

it('recorded output of pegasus-analyzer 5.1.2: the node that failed and the exit code of its task', () => {
  expect(parseAnalyzer(recorded('analyzer-failed-5.1.2.txt'))).toEqual([
    { name: 'merge_process_movie_PID1_ID2', state: 'POST_SCRIPT_FAILED', exitCode: 5 },
  ]);
});

describe('the sentence about a failed workflow', () => {
  it('describes the failure of a node', () => {
    const [node] = parseAnalyzer(recorded('analyzer-failed-5.1.2.txt'));
    expect(node && nodeFailure(node)).toBe('merge_process_movie_PID1_ID2 failed with exit code 5');
    expect(nodeFailure({ name: 'merge_1', state: 'JOB_HELD', exitCode: null })).toBe('merge_1 is held');
  });

  it('has the exit code of the task that failed, not of a later task in the same cluster that succeeded', () => {
    const text = recorded('analyzer-failed-5.1.2.txt').replace(/^exitcode +: 5$/m, '$&\nexitcode    : 0');
    expect(parseAnalyzer(text)[0]?.exitCode).toBe(5);
  });

  it('has the message of a Python program, without time stamp, program and line', () => {
    const stderr = recorded('analyzer-failed-5.1.2.txt').split('\n\n')[0] ?? '';
    expect(failureReason('', stderr)).toMatch(
      /^Workflow Failed {2}wf_uuid: .*; One or more workflows failed$/,
    );
    const printed = '****************Summary***************\n';
    expect(failureReason(printed, 'FileNotFoundError: no database.\n')).toBe(
      'FileNotFoundError: no database',
    );
  });
});

// A stand-in for Pegasus and HTCondor, which cannot be installed where these tests run. It responds in the
// formats that were recorded from Pegasus 5.1.2 and 5.0.9 (recorded/README.md), with their exit codes, and
// runs the jobs of a workflow as processes on this machine: jobs with the same label one after another, and
// at most dagman.maxjobs labels in parallel. This follows the documentation of Pegasus: no recording contains
// jobs with labels. live.test.ts checks it where Pegasus is installed.
// node stand-in.mjs COMMAND ARGS...; started by the wrappers that installStandIn in stand-in.ts writes.
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

const VERSION = process.env.STAND_IN_VERSION ?? '5.1.2';
const [command, ...args] = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const lastArgument = args.at(-1);
const fail = (stdout, stderr = '', code = 1) => {
  if (stdout) process.stdout.write(`${stdout}\n`);
  if (stderr) process.stderr.write(`${stderr}\n`);
  process.exit(code);
};
const now = () => Math.floor(Date.now() / 1000);
const logState = (submitDir, line) => appendFileSync(join(submitDir, 'jobstate.log'), `${now()} ${line}\n`);
const stateLog = (submitDir) =>
  existsSync(join(submitDir, 'jobstate.log')) ? readFileSync(join(submitDir, 'jobstate.log'), 'utf8') : '';
const pidOf = (submitDir) =>
  existsSync(join(submitDir, 'monitord.pid'))
    ? Number(readFileSync(join(submitDir, 'monitord.pid'), 'utf8'))
    : null;
const isAlive = (pid) => {
  try {
    return pid !== null && process.kill(pid, 0);
  } catch {
    return false;
  }
};

function braindump(submitDir) {
  const text = readFileSync(new URL('recorded/plan-submit-5.1.2.out', import.meta.url), 'utf8');
  return JSON.stringify({ ...JSON.parse(text), submit_dir: submitDir, planner_version: VERSION });
}

function plan() {
  const conf = option('--conf');
  if (!existsSync(conf))
    fail('', ` [1] java.lang.RuntimeException: File does not exist ${conf} at edu.isi.pegasus.X.y(X.java:1)`);
  const dir = resolve(option('--dir'));
  const submitDir = join(dir, option('--relative-dir'));
  const workflow = JSON.parse(readFileSync(lastArgument, 'utf8'));
  const unknown = Object.keys(workflow).filter(
    (key) => !['pegasus', 'name', 'jobs', 'jobDependencies'].includes(key),
  );
  if (unknown.length > 0)
    fail(
      'ERROR while logging metrics The metrics file location is not yet initialized',
      ` [1] java.lang.RuntimeException: Illegal key ${unknown[0]} for element workflow at edu.isi.pegasus.X.y(X.java:1)`,
    );
  if (existsSync(submitDir))
    fail(
      '',
      `2026.11.22 18:28:28.029 UTC: [ERROR]  ERROR: "${workflow.name}-0.dag.condor.sub" already exists. `,
    );
  mkdirSync(submitDir);
  // Observed with 5.1.2: without this option, the planner leaves an empty folder tree.
  if (option('--relative-submit-dir') !== option('--relative-dir'))
    mkdirSync(join(dir, 'cryo', 'pegasus', workflow.name), { recursive: true });
  // A few of the 64 files of a submit directory.
  mkdirSync(join(submitDir, '00', '00'), { recursive: true });
  writeFileSync(join(submitDir, '00', '00', 'merge.sub'), '');
  writeFileSync(join(submitDir, 'batch-0.stampede.db'), '');
  mkdirSync(join(dir, 'scratch'), { recursive: true });
  writeFileSync(join(submitDir, 'braindump.yml'), `submit_dir: "${submitDir}"\n`);
  writeFileSync(join(submitDir, `${workflow.name}-0.dag`), '');
  if (process.env.STAND_IN_NO_SUBMIT) fail('', 'condor_submit: cannot connect to the schedd');
  if (args.includes('--submit')) start(submitDir);
  process.stdout.write(`  ${braindump(submitDir)} \n`);
}

function start(submitDir) {
  const child = spawn(process.execPath, [process.argv[1], 'dagman', submitDir], {
    detached: true,
    stdio: 'ignore',
  });
  // Written and renamed, so that a reader never finds an empty file.
  writeFileSync(join(submitDir, 'monitord.pid.new'), String(child.pid));
  renameSync(join(submitDir, 'monitord.pid.new'), join(submitDir, 'monitord.pid'));
  child.unref();
}

function run() {
  if (!existsSync(join(lastArgument, 'braindump.yml')))
    fail(`Error: ${lastArgument} is not a valid submit-dir`);
  if (pidOf(lastArgument) !== null) fail('', 'It looks like the workflow is already running!');
  start(lastArgument);
  process.stdout.write(`${braindump(lastArgument)}\n`);
}

/** Writes the logs that were recorded when DAGMAN_USE_STRICT ended DAGMan. */
function refuse(submitDir) {
  const recorded = (name) => readFileSync(new URL(`recorded/faults/${name}`, import.meta.url), 'utf8');
  appendFileSync(join(submitDir, 'batch-0.dag.dagman.out'), recorded('dagman-died-early-5.1.2.out'));
  appendFileSync(join(submitDir, 'jobstate.log'), recorded('jobstate-dagman-died-early-5.1.2.log'));
  rmSync(join(submitDir, 'monitord.pid'), { force: true });
}

/** Acts as DAGMan and as the monitor of Pegasus. */
async function dagman() {
  const submitDir = lastArgument;
  const folder = resolve(submitDir, '..');
  if (process.env.STAND_IN_DAGMAN_REFUSES) return refuse(submitDir);
  const { jobs } = JSON.parse(readFileSync(join(folder, 'workflow.yml'), 'utf8'));
  const { transformations } = JSON.parse(readFileSync(join(folder, 'transformations.yml'), 'utf8'));
  const launcher = transformations[0].sites[0].pfn;
  const maxParallel = Number(
    /^dagman\.maxjobs=(\d+)$/m.exec(readFileSync(join(folder, 'pegasus.properties'), 'utf8'))[1],
  );
  const done = new Set([...stateLog(submitDir).matchAll(/ (\S+) JOB_SUCCESS 0 /g)].map((match) => match[1]));
  const labels = [...Map.groupBy(jobs, (job) => job.profiles.pegasus.label)];
  await new Promise((done) => setTimeout(done, Number(process.env.STAND_IN_DAGMAN_DELAY_MS ?? 0)));
  logState(submitDir, 'INTERNAL *** MONITORD_STARTED ***');
  logState(submitDir, `INTERNAL *** DAGMAN_STARTED ${process.pid}.0 ***`);
  let isRemoved = false;
  let status = 0;
  const children = new Set();
  process.on('SIGTERM', () => {
    isRemoved = true;
    // Slurm stops a job in the same way: SIGTERM, then SIGKILL.
    for (const child of children) process.kill(-child.pid, 'SIGTERM');
    setTimeout(() => {
      for (const child of children) process.kill(-child.pid, 'SIGKILL');
    }, 20_000).unref();
  });
  const runJob = (job, number) =>
    new Promise((ended) => {
      const env = { ...process.env, SLURM_JOB_ID: String(number), SLURM_CLUSTER_NAME: 'stand-in' };
      let child;
      try {
        child = spawn(launcher, job.arguments, { detached: true, stdio: 'ignore', env });
      } catch {
        return ended(126); // for example because the launcher is still being written (ETXTBSY)
      }
      children.add(child);
      child.on('error', () => ended(127));
      child.on('exit', (code) => {
        children.delete(child);
        ended(code ?? 1);
      });
    });
  const runMerged = async (name, members) => {
    logState(submitDir, `${name} SUBMIT 1.0 slurm - 1`);
    let code = 0;
    for (const job of members) if (!isRemoved) code ||= await runJob(job, 1000 + job.arguments[0]);
    logState(submitDir, `${name} JOB_TERMINATED 1.0 slurm - 1`);
    logState(submitDir, `${name} ${code === 0 ? 'JOB_SUCCESS' : 'JOB_FAILURE'} ${code} slurm - 1`);
    if (code !== 0) status = 1;
  };
  const slurmJobs = Array.from({ length: maxParallel }, async () => {
    for (let next = labels.shift(); next && !isRemoved; next = labels.shift()) {
      const [label, members] = next;
      const name = `merge_${label}`;
      if (!done.has(name)) await runMerged(name, members);
    }
  });
  await Promise.all(slurmJobs);
  logState(submitDir, `INTERNAL *** DAGMAN_FINISHED ${isRemoved ? 2 : status} ***`);
  logState(submitDir, 'INTERNAL *** MONITORD_FINISHED 0 ***');
  rmSync(join(submitDir, 'monitord.pid'));
}

function remove() {
  if (!existsSync(join(lastArgument, 'jobstate.log')))
    fail('', "FileNotFoundError: [Errno 2] No such file or directory: 'batch-001-0.dag.dagman.out'");
  if (isAlive(pidOf(lastArgument))) process.kill(pidOf(lastArgument), 'SIGTERM');
  process.stdout.write('Job 41.0 marked for removal\n✨ Success\n');
}

/**
 * Prints the recorded output that matches the state of the workflow. A test sets the states `gone` and `held`
 * with files of these names.
 */
function status() {
  if (!existsSync(join(lastArgument, 'braindump.yml')))
    fail(`Error: ${lastArgument} is not a valid workflow submit-directory`);
  const name = existsSync(join(lastArgument, 'gone'))
    ? 'gone'
    : existsSync(join(lastArgument, 'held')) && VERSION !== '5.0.9'
      ? 'held'
      : /DAGMAN_FINISHED 0/.test(stateLog(lastArgument))
        ? 'success'
        : 'running';
  const text = readFileSync(new URL(`recorded/status-${name}-5.1.2.json`, import.meta.url), 'utf8');
  if (args.includes('-j')) return process.stdout.write(text);
  const { root } = JSON.parse(text).dags;
  const counts = [root.unready, root.ready, root.pre, root.queued, root.post, root.succeeded, root.failed];
  process.stdout.write('UNRDY READY   PRE  IN_Q  POST  DONE  FAIL %DONE STATE   DAGNAME\n');
  process.stdout.write(
    `${counts.map((n) => String(n).padStart(5)).join(' ')} ${root.percent_done} ${root.state} *${root.dagname}\n`,
  );
}

function analyzer() {
  if (!readdirSync(lastArgument).includes('jobstate.log') || !/JOB_FAILURE/.test(stateLog(lastArgument)))
    return;
  process.stdout.write(readFileSync(new URL('recorded/analyzer-failed-5.1.2.txt', import.meta.url), 'utf8'));
  process.exitCode = 2;
}

const commands = {
  'pegasus-version': () => process.stdout.write(`${VERSION}\n`),
  'pegasus-plan': plan,
  'pegasus-run': run,
  'pegasus-remove': remove,
  'pegasus-status': status,
  'pegasus-analyzer': analyzer,
  dagman,
};
await commands[command]();

/**
 * Time from the last byte of a movie to its live event, with and without the processing time of the worker,
 * and CPU time per movie of the service itself, without its workers. Real service, simulated movies, one at
 * a time.
 *   npm run bench -- latency [movies=10]
 */
import { cp, mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MovieRow } from '../src/contract/api.ts';
import { filesBelow, makeTestSession, simulate, startServe, TOKEN } from '../test/support/e2e/harness.ts';

const CLOCK_TICKS_PER_SECOND = 100; // sysconf(_SC_CLK_TCK) on every Linux

/** User and system seconds of one process, without its children. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

/** Yields the rows of finished movies as they arrive in the live stream. */
async function* finishedMovies(url: string): AsyncGenerator<MovieRow> {
  const response = await fetch(`${url}/api/v1/events`, { headers: { authorization: `Bearer ${TOKEN}` } });
  if (!response.ok || !response.body) throw new Error(`events: ${response.status}`);
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event !== 'movie' || !data) continue;
      const { row } = JSON.parse(data) as { row: MovieRow };
      if (row.state === 'done') yield row;
    }
  }
}

const median = (values: number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export async function run(args: string[]): Promise<void> {
  const count = Number(args[0] ?? 10);
  const [testSession, microscope] = await Promise.all([makeTestSession(), makeTestSession()]);
  await simulate(microscope, '--movies', '1', '--size', '1024x1024', '--frames', '16', '--seed', '2');
  const files = await filesBelow(microscope.raw);
  const movie = files.find((f) => f.endsWith('_fractions.tiff')) ?? '';
  const gain = files.find((f) => f.endsWith('_gain.tiff'));
  if (gain) await cp(join(microscope.raw, gain), join(testSession.raw, gain));

  const service = await startServe(testSession);
  try {
    await mkdir(join(testSession.raw, dirname(movie)), { recursive: true });
    await fetch(
      `${service.url}${testSession.route}/start-processing?apix=1&fmdose=1.5&kev=300&access_token=${TOKEN}`,
    );
    const finished = finishedMovies(service.url);
    const overheads: number[] = [];
    const totals: number[] = [];
    const pid = service.process.pid ?? 0;
    let cpuBefore = 0;
    for (let i = 0; i <= count; i++) {
      const target = join(testSession.raw, movie.replace('_fractions', `_${i}_fractions`));
      await cp(join(microscope.raw, movie), `${target}.part`);
      const nextRow = finished.next();
      await rename(`${target}.part`, target);
      const completedMs = performance.now();
      const { value } = await nextRow;
      const total = (performance.now() - completedMs) / 1000;
      if (i === 0) {
        cpuBefore = await cpuSeconds(pid); // the first movie is a warm-up
        continue;
      }
      totals.push(total);
      overheads.push(total - (value?.seconds ?? 0));
    }
    const cpu = (await cpuSeconds(pid)) - cpuBefore;
    console.log(`movies: ${count} of 1024x1024x16, one at a time`);
    console.log(
      `last byte to event:             median ${median(totals).toFixed(2)} s, worst ${Math.max(...totals).toFixed(2)} s`,
    );
    console.log(
      `the same minus processing time: median ${median(overheads).toFixed(2)} s, worst ${Math.max(...overheads).toFixed(2)} s`,
    );
    console.log(`CPU time of the service per movie: ${((cpu / count) * 1000).toFixed(0)} ms`);
  } finally {
    await service.stop();
    await Promise.all([testSession.remove(), microscope.remove()]);
  }
}

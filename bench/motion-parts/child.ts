import { alignMovie } from '../../src/engine/motion/align.ts';

/** Aligns one movie and prints its figures as JSON: a process of its own, so that peak memory is that of the engine alone. */
const [moviePath, gainPath, threads, patches, dose] = process.argv.slice(2);
if (!moviePath || !gainPath) throw new Error('usage: child.ts MOVIE GAIN [THREADS] [PATCHES] [DOSE]');
const side = Number(patches ?? 5);
const cpuBefore = process.cpuUsage();
const wallBefore = performance.now();
const outcome = await alignMovie({
  moviePath,
  pixelSizeA: 1,
  voltageKv: 300,
  dosePerFrameEA2: Number(dose ?? 1),
  totalDoseEA2: null,
  binning: 1,
  throwFrames: 0,
  truncFrames: 0,
  gain: { path: gainPath, rotate: 0, flip: 0 },
  defectMapPath: null,
  patches: [side, side],
  threads: Number(threads ?? 1),
});
const cpu = process.cpuUsage(cpuBefore);
const { iterations, shiftsPixels, local } = outcome;
console.log(
  JSON.stringify({
    wallSeconds: (performance.now() - wallBefore) / 1e3,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    peakMebibytes: process.resourceUsage().maxRSS / 1024,
    ...{ iterations, shiftsPixels, local },
  }),
);

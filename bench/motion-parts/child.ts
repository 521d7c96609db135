import { alignMovie } from '../../src/engine/motion/align.ts';

/**
 * Aligns one movie and prints as JSON the result and the wall time, CPU time and peak memory of the process.
 * CPU time includes the start of the process.
 */
const [moviePath, gainPath, threads, patches, dose, binning] = process.argv.slice(2);
if (!moviePath || !gainPath)
  throw new Error('usage: child.ts MOVIE GAIN [THREADS] [PATCHES] [DOSE] [BINNING]');
const side = Number(patches ?? 5);
const outcome = await alignMovie({
  moviePath,
  pixelSizeA: 1,
  voltageKv: 300,
  dosePerFrameEA2: Number(dose ?? 1),
  totalDoseEA2: null,
  binning: Number(binning ?? 1),
  throwFrames: 0,
  truncFrames: 0,
  gain: { path: gainPath, rotate: 0, flip: 0 },
  defectMapPath: null,
  patches: [side, side],
  threads: Number(threads ?? 1),
});
const { user, system } = process.cpuUsage();
const { iterations, shiftsPixels, local } = outcome;
console.log(
  JSON.stringify({
    wallSeconds: process.uptime(),
    cpuSeconds: (user + system) / 1e6,
    peakMebibytes: process.resourceUsage().maxRSS / 1024,
    iterations,
    shiftsPixels,
    local: local ? { fit: local.fit, reason: local.reason?.kind ?? null } : null,
  }),
);

import type { Truth } from './align-conformance.ts';

/**
 * A stand-in for MotionCor2 and MotionCor3, which cannot run here (GPU, licence): it accepts their flags and
 * writes, in the formats of their outputs, shifts that the test sets. Sources of the formats:
 * - MotionCor3's source code (github.com/czimaginginstitute/MotionCor3): Align/CStackShift.cpp (printed
 * lines), Align/CFullAlign.cpp (X-Full.log), Align/CPatchShifts.cpp (X-Patch-Full.log, X-Patch-Patch.log,
 * X-Patch-Frame.log), Align/CAlignMain.cpp (names of logs), CInput.cpp (flags, size of a binned image),
 * CMotionCor3.cpp (--version, exit codes), CLoadRefs.cpp (gains that are ignored).
 * - The sign: Correct/CGenRealStack.cpp and Util/GPhaseShift2D.cu move the content by the logged shift, so
 * the logged shift is the shift to apply; RELION uses MotionCor's numbers as its own shifts to apply
 * (src/motioncorr_runner.cpp, getShiftsMotioncor2).
 * - MotionCor2 1.6's table, instead of the lines of 1.5 and earlier: github.com/3dem/relion issue 1073 and
 * pull request 1205.
 *
 * It tests only our adapter, not the programs themselves.
 */
export interface Replay {
  /** Output of --version. */
  readonly version: string;
  readonly form: 'lines' | 'table';
  readonly truth: Truth;
  /**
   * JavaScript that changes `out` (`printed`, `files` by name, `image` pixels, `exitCode`) before it is
   * written.
   */
  readonly spoil?: string;
}

/**
 * CommonJS for `StandIns.script`; writes its arguments, visible GPUs and EER fractions to
 * `arguments-NAME.json` next to its work directory NAME.
 */
export const replayScript = ({ version, form, truth, spoil = '' }: Replay): string => `
if (args[0] === '--version') { console.log(${JSON.stringify(version)} + '\\nBuilt on May 14 2025'); process.exit(0); }
const value = (flag, index = 1) => args[args.indexOf(flag) + index];
const has = (flag) => args.includes(flag);
const input = ['-InMrc', '-InTiff', '-InEer'].filter(has).map((flag) => value(flag))[0];
if (!fs.existsSync(input)) { console.error('Error: no valid input file name.'); process.exit(3); }
fs.writeFileSync('../arguments-' + path.basename(process.cwd()) + '.json', JSON.stringify({ args, gpus: process.env.CUDA_VISIBLE_DEVICES ?? null, fractions: has('-FmIntFile') ? fs.readFileSync(value('-FmIntFile'), 'utf8') : null }));
const truth = ${JSON.stringify({ width: truth.width, height: truth.height, shifts: truth.shifts })};
const localOf = ${truth.local?.toString() ?? '() => [0, 0]'};
const FRAMES = ${truth.shifts.length};
const firstSkipped = Number(value('-Throw')); const lastSkipped = Number(value('-Trunc'));
const usedShifts = truth.shifts.slice(firstSkipped, FRAMES - lastSkipped);
const shiftsToApply = usedShifts.map(([x, y]) => [-x, -y]);
const relative = (rows, to) => rows.map(([x, y]) => [x - rows[to][0], y - rows[to][1]]);
const pad = (number, width, digits) => number.toFixed(digits).padStart(width);
const row = (n, [x, y]) => String(n).padStart(4) + '  ' + pad(x, 8, 2) + '  ' + pad(y, 8, 2);
const centralFrame = Math.floor(usedShifts.length / 2);
const out = { printed: [], files: {}, image: null, exitCode: 0 };
const [patchColumns, patchRows] = [Number(value('-Patch')), Number(value('-Patch', 2))];
out.printed.push('GPU 0 memory: 24220 MB', '', 'Full-frame alignment has been started.');
out.printed.push('Iteration  1  Error:     3.100', 'Iteration  2  Error:     0.210', '');
if (${JSON.stringify(form)} === 'lines') {
  out.printed.push('Full-frame alignment shift');
  relative(shiftsToApply, 0).forEach(([x, y], i) => out.printed.push('...... Frame (' + String(i + 1).padStart(3) + ') shift: ' + pad(x, 9, 3) + '  ' + pad(y, 9, 3)));
} else {
  out.printed.push('Frame   x Shift   y Shift');
  relative(shiftsToApply, 0).forEach((shift, i) => out.printed.push(row(i + 1, shift)));
}
out.printed.push('', 'Global shifts are corrected: 0.12 sec');
const stem = path.parse(input).name;
if (patchColumns > 1 && patchRows > 1) {
  const centres = Array.from({ length: patchColumns * patchRows }, (_, i) => [((i % patchColumns) + 0.5) * truth.width / patchColumns, (Math.floor(i / patchColumns) + 0.5) * truth.height / patchRows]);
  const point = (frame, [x, y]) => { const at = (n) => localOf(n, x / truth.width - 0.5, y / truth.height - 0.5); const [dx, dy] = at(frame + firstSkipped); const [ox, oy] = at(firstSkipped); return [ox - dx, oy - dy]; };
  const line = (frame, centre) => { const [dx, dy] = point(frame, centre); return String(frame + 1).padStart(4) + ' ' + pad(centre[0], 8, 2) + ' ' + pad(centre[1], 8, 2) + ' ' + pad(dx, 8, 2) + ' ' + pad(dy, 8, 2) + '    0'; };
  const head = (order) => ['# Patch based alignment', '# Number of patches: ' + centres.length, '# Shifts are listed per ' + order + '.', '# Movie size: ' + truth.width + '  ' + truth.height + '  ' + usedShifts.length, ''];
  out.files[stem + '-Patch-Full.log'] = ['# Patch based alignment', '# Initial alignment based upon full frames', '', ...relative(shiftsToApply, centralFrame).map((shift, i) => row(i + 1, shift))];
  out.files[stem + '-Patch-Patch.log'] = [...head('patch'), ...centres.flatMap((centre, i) => ['#Patch ' + String(i + 1).padStart(3, '0') + ' raw and fit shifts', ...usedShifts.map((_, frame) => line(frame, centre)), ''])];
  out.files[stem + '-Patch-Frame.log'] = [...head('frame'), ...usedShifts.flatMap((_, frame) => [...centres.map((centre) => line(frame, centre)), ''])];
} else out.files[stem + '-Full.log'] = ['# full frame alignment', ...shiftsToApply.map((shift, i) => row(i + 1, shift))];
const side = (pixels) => Math.floor(Math.floor(pixels / Number(value('-FtBin')) + 0.5) / 2) * 2;
out.image = { width: side(truth.width), height: side(truth.height), value: (i) => 30 + (i % 97) };
${spoil}
const write = (name, scale) => {
  const { width, height, value } = out.image;
  const header = Buffer.alloc(1024);
  [width, height, 1, 2, 0, 0, 0, width, height, 1].forEach((number, i) => header.writeInt32LE(number, 4 * i));
  [width, height, 1].forEach((number, i) => header.writeFloatLE(number * 1.1, 40 + 4 * i));
  [1, 2, 3].forEach((number, i) => header.writeInt32LE(number, 64 + 4 * i));
  header.write('MAP ', 208, 'latin1'); header.writeInt32LE(0x4144, 212);
  const pixels = Float32Array.from({ length: width * height }, (_, i) => scale * value(i));
  fs.writeFileSync(name, Buffer.concat([header, Buffer.from(pixels.buffer)]).subarray(0, out.bytes));
};
const name = value('-OutMrc');
if (out.image) { write(name, 1); if (has('-FmDose') || has('-FmIntFile')) write(name.replace('.mrc', '_DW.mrc'), 0.5); if (has('-SplitSum')) { write(name.replace('.mrc', '_EVN.mrc'), 0.375); write(name.replace('.mrc', '_ODD.mrc'), out.odd ?? 0.625); } }
for (const [file, lines] of Object.entries(out.files)) fs.writeFileSync(file, lines.join('\\n') + '\\n');
process.stdout.write(out.printed.join('\\n') + '\\n');
process.exitCode = out.exitCode;
`;

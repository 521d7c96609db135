import type uPlot from 'uplot';
import type { Ctf } from '../../../src/contract/record.ts';
import { numberText } from '../data/format.ts';
import { axisRange } from '../data/statistics.ts';
import type { Palette } from './palette.ts';
import { profileWords } from './words.ts';

export const PROFILE_HEIGHT_PX = 300;
const FONT = '11px system-ui, sans-serif';
/** A correlation is between -1 and 1. */
const CC_RANGE: [number, number] = [-1.05, 1.05];
/** Fractions of the axis beyond which the label cannot be centred on its line. */
const LABEL_ENDS = { left: 0.2, right: 0.8 } as const;

/** Options of uPlot: axes, curves and the line at the fit resolution. */
export function profileOptions(
  ctf: Ctf,
  colors: Palette,
  width: number,
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const { data, model } = ctf.profile;
  const axis = {
    stroke: colors.text,
    font: FONT,
    labelFont: FONT,
    labelSize: 18,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { stroke: colors.axis, size: 4, width: 1 },
  };
  const amplitude = axisRange([Float64Array.from([...data, ...model])], false) ?? [-1, 1];
  return {
    width,
    height: PROFILE_HEIGHT_PX,
    padding: [18, 4, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 } },
    scales: { x: { time: false }, y: { range: () => amplitude }, cc: { range: () => CC_RANGE } },
    axes: [
      {
        ...axis,
        label: `${profileWords.frequency} (1/Å)`,
        size: 30,
        values: (_plot, ticks) => ticks.map((f) => (f === 0 ? '0' : `${Number(f.toFixed(3))}`)),
      },
      { ...axis, size: 42, label: `${profileWords.data}, ${profileWords.model}` },
      { ...axis, scale: 'cc', side: 1, size: 36, label: profileWords.cc, grid: { show: false } },
    ],
    series: [
      {},
      { stroke: colors.text, width: 1.2, points: { show: false } },
      { stroke: colors.blue, width: 1.8, points: { show: false } },
      { stroke: colors.orange, width: 1.5, dash: [5, 3], scale: 'cc', points: { show: false } },
    ],
    hooks: {
      setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)],
      draw: [(plot) => drawFitLine(plot, ctf.fitResolutionA, colors.green)],
    },
  };
}

/** A line at the fit resolution, with its value above it. */
function drawFitLine(plot: uPlot, fitResolutionA: number, color: string): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(1 / fitResolutionA, 'x', true);
  const fraction = (x - bbox.left) / bbox.width;
  if (!(fraction >= 0 && fraction <= 1)) return;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.setLineDash([]);
  ctx.lineWidth = 2 * ratio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top - 3 * ratio);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = `600 ${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  if (fraction > LABEL_ENDS.right) ctx.textAlign = 'right';
  if (fraction < LABEL_ENDS.left) ctx.textAlign = 'left';
  ctx.fillText(profileWords.fitAt(numberText(fitResolutionA, 2, 'Å')), x, bbox.top - 6 * ratio);
  ctx.restore();
}

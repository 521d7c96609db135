import type uPlot from 'uplot';
import type { Ctf } from '../../../src/contract/record.ts';
import { fixed } from '../data/format.ts';
import { axisRange } from '../data/statistics.ts';
import type { Palette } from './palette.ts';
import { profileWords } from './words.ts';

export const PROFILE_HEIGHT_PX = 300;
const FONT = '11px system-ui, sans-serif';
/** A correlation is in -1..1. */
const CC_RANGE: [number, number] = [-1.05, 1.05];
/** Ends of the axis near which the name of the line does not fit on both sides of it. */
const NAME_ENDS = { left: 0.2, right: 0.8 } as const;

/** Axes, curves and the line of the fit's resolution, for uPlot. */
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

/** A line at the end of the fit, with the resolution above it. */
function drawFitLine(plot: uPlot, fitResolutionA: number, color: string): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(1 / fitResolutionA, 'x', true);
  const part = (x - bbox.left) / bbox.width;
  if (!(part >= 0 && part <= 1)) return;
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
  if (part > NAME_ENDS.right) ctx.textAlign = 'right';
  if (part < NAME_ENDS.left) ctx.textAlign = 'left';
  ctx.fillText(profileWords.fitAt(fixed(fitResolutionA, 2, 'Å')), x, bbox.top - 6 * ratio);
  ctx.restore();
}

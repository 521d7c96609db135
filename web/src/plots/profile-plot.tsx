import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Ctf } from '../../../src/contract/record.ts';
import { fixed } from '../data/format.ts';
import { axisRange } from '../data/statistics.ts';
import { paletteOf } from './palette.ts';
import classes from './plots.module.css';
import { profileWords } from './words.ts';

const HEIGHT_PX = 300;

/** Radial curve of the spectrum: data, model and their local correlation against spatial frequency; a line where the fit ends. */
export function ProfilePlot({ ctf }: { ctf: Ctf }) {
  const scheme = useComputedColorScheme('light');
  const palette = paletteOf(scheme);
  const holder = useRef<HTMLDivElement>(null);
  const [under, setUnder] = useState<number | null>(null);
  const { profile } = ctf;
  useEffect(() => {
    const element = holder.current!;
    const colors = paletteOf(scheme);
    const axis = {
      stroke: colors.text,
      font: '11px system-ui, sans-serif',
      labelFont: '11px system-ui, sans-serif',
      grid: { stroke: colors.grid, width: 1 },
      ticks: { stroke: colors.axis, size: 4, width: 1 },
    };
    const amplitude = axisRange([Float64Array.from([...profile.data, ...profile.model])], false) ?? [-1, 1];
    const plot = new uPlot(
      {
        width: element.clientWidth || 300,
        height: HEIGHT_PX,
        padding: [18, 4, 0, 0],
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 } },
        scales: { x: { time: false }, y: { range: () => amplitude }, cc: { range: () => [-1.05, 1.05] } },
        axes: [
          {
            ...axis,
            label: `${profileWords.frequency} (1/Å)`,
            labelSize: 18,
            size: 30,
            values: (_u, ticks) => ticks.map((f) => (f === 0 ? '0' : `${Number(f.toFixed(3))}`)),
          },
          { ...axis, size: 42, label: `${profileWords.data}, ${profileWords.model}`, labelSize: 18 },
          {
            ...axis,
            scale: 'cc',
            side: 1,
            size: 36,
            label: profileWords.cc,
            labelSize: 18,
            grid: { show: false },
          },
        ],
        series: [
          {},
          { stroke: colors.text, width: 1.2, points: { show: false } },
          { stroke: colors.blue, width: 1.8, points: { show: false } },
          { stroke: colors.orange, width: 1.5, dash: [5, 3], scale: 'cc', points: { show: false } },
        ],
        hooks: {
          setCursor: [(u) => setUnder(u.cursor.idx ?? null)],
          draw: [
            (u) => {
              const { ctx, bbox } = u;
              const x = u.valToPos(1 / ctf.fitResolutionA, 'x', true);
              if (!(x >= bbox.left && x <= bbox.left + bbox.width)) return;
              const ratio = devicePixelRatio;
              ctx.save();
              ctx.strokeStyle = colors.green;
              ctx.fillStyle = colors.green;
              ctx.setLineDash([]);
              ctx.lineWidth = 2 * ratio;
              ctx.beginPath();
              ctx.moveTo(x, bbox.top - 3 * ratio);
              ctx.lineTo(x, bbox.top + bbox.height);
              ctx.stroke();
              ctx.font = `600 ${11 * ratio}px system-ui, sans-serif`;
              ctx.textAlign =
                x > bbox.left + bbox.width * 0.8
                  ? 'right'
                  : x < bbox.left + bbox.width * 0.2
                    ? 'left'
                    : 'center';
              ctx.fillText(profileWords.fitAt(fixed(ctf.fitResolutionA, 2, 'Å')), x, bbox.top - 6 * ratio);
              ctx.restore();
            },
          ],
        },
      },
      [profile.frequencyPerA, profile.data, profile.model, profile.cc],
      element,
    );
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height: HEIGHT_PX });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [ctf, profile, scheme]);
  const value = (values: readonly number[]) => (under === null ? null : <b>{fixed(values[under], 2)}</b>);
  const frequency = under === null ? undefined : profile.frequencyPerA[under];
  return (
    <figure className={`card ${classes.figure}`}>
      <figcaption className={classes.caption}>
        <span className={classes.title}>{profileWords.profile}</span>
        <span className={classes.readout}>
          {(
            [
              [profileWords.data, palette.text, profile.data],
              [profileWords.model, palette.blue, profile.model],
              [profileWords.cc, palette.orange, profile.cc],
            ] as const
          ).map(([label, color, values]) => (
            <span key={label} className={classes.entry}>
              <i className={classes.dot} style={{ background: color }} />
              <span className="muted">{label}</span> {value(values)}
            </span>
          ))}
          {frequency !== undefined && frequency > 0 && (
            <span className={classes.median}>
              {fixed(frequency, 3, '1/Å')} = <b>{fixed(1 / frequency, 2, 'Å')}</b>
            </span>
          )}
        </span>
      </figcaption>
      <div
        ref={holder}
        className={classes.plot}
        style={{ height: HEIGHT_PX }}
        role="img"
        aria-label={`${profileWords.profile}, ${profileWords.fitAt(fixed(ctf.fitResolutionA, 2, 'Å'))}. ${profileWords.profileHelp}`}
      />
    </figure>
  );
}

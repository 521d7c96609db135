import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Ctf } from '../../../src/contract/record.ts';
import { numberText } from '../data/format.ts';
import { paletteOf } from './palette.ts';
import classes from './plots.module.css';
import { PROFILE_HEIGHT_PX, profileOptions } from './profile-options.ts';
import { profileWords } from './words.ts';

/** Used before the figure has a width, px. */
const DEFAULT_WIDTH_PX = 300;

/** Radial profile of the spectrum: data, model and their local correlation against spatial frequency. */
export function ProfilePlot({ ctf }: { ctf: Ctf }) {
  const scheme = useComputedColorScheme('light');
  const palette = paletteOf(scheme);
  const holder = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const { profile } = ctf;
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const width = element.clientWidth || DEFAULT_WIDTH_PX;
    const options = profileOptions(ctf, paletteOf(scheme), width, setHovered);
    const { frequencyPerA, data, model, cc } = ctf.profile;
    const plot = new uPlot(options, [frequencyPerA, data, model, cc], element);
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height: PROFILE_HEIGHT_PX });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [ctf, scheme]);
  const curves = [
    { label: profileWords.data, color: palette.text, values: profile.data },
    { label: profileWords.model, color: palette.blue, values: profile.model },
    { label: profileWords.cc, color: palette.orange, values: profile.cc },
  ];
  const frequency = hovered === null ? undefined : profile.frequencyPerA[hovered];
  return (
    <figure className={`card ${classes.figure}`}>
      <figcaption className={classes.caption}>
        <span className={classes.title}>{profileWords.profile}</span>
        <span className={classes.readout}>
          {curves.map(({ label, color, values }) => (
            <span key={label} className={classes.entry}>
              <i className={classes.dot} style={{ background: color }} />
              <span className="muted">{label}</span>{' '}
              {hovered !== null && <b>{numberText(values[hovered], 2)}</b>}
            </span>
          ))}
          {frequency !== undefined && frequency > 0 && (
            <span className={classes.median}>
              {numberText(frequency, 3, '1/Å')} = <b>{numberText(1 / frequency, 2, 'Å')}</b>
            </span>
          )}
        </span>
      </figcaption>
      <div
        ref={holder}
        className={classes.plot}
        style={{ height: PROFILE_HEIGHT_PX }}
        role="img"
        aria-label={`${profileWords.profile}, ${profileWords.fitAt(numberText(ctf.fitResolutionA, 2, 'Å'))}. ${profileWords.profileHelp}`}
      />
    </figure>
  );
}

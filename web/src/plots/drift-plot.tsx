import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import type { Motion } from '../../../src/contract/record.ts';
import { numberText } from '../data/format.ts';
import classes from './drift.module.css';
import { DriftAxes } from './drift-axes.tsx';
import { DriftEnds, DriftPath } from './drift-path.tsx';
import { DRIFT_HEIGHT_PX, driftScale } from './drift-scale.ts';
import plots from './plots.module.css';
import { driftWords } from './words.ts';

/**
 * Path of the specimen over the frames, with the same scale in x and y; y points upwards as in the images.
 */
export function DriftPlot({ motion }: { motion: Motion }) {
  const { ref, width } = useElementSize();
  const [hovered, setHovered] = useState<number | null>(null);
  const { shiftsA, firstFrame, lastFrame, totalA } = motion;
  const scale = driftScale(shiftsA, width);
  const description = driftWords.alt(firstFrame, lastFrame, numberText(totalA, 1, 'Å'));
  return (
    <figure className={`card ${plots.figure}`}>
      <figcaption className={plots.caption}>
        <span className={plots.title}>{driftWords.title}</span>
        <span className={plots.readout}>
          {hovered === null ? (
            <span className="muted">{driftWords.help(motion.referenceFrame)}</span>
          ) : (
            <span>
              <b>{driftWords.frame(firstFrame + hovered)}</b>{' '}
              {`x ${numberText(shiftsA[hovered]?.[0], 2)}, y ${numberText(shiftsA[hovered]?.[1], 2, 'Å')}`}
            </span>
          )}
        </span>
      </figcaption>
      <div ref={ref}>
        <svg
          width={Math.max(1, width)}
          height={DRIFT_HEIGHT_PX}
          role="img"
          aria-label={description}
          className={classes.svg}
          onMouseLeave={() => setHovered(null)}
        >
          <title>{description}</title>
          <DriftAxes scale={scale} />
          <DriftPath shiftsA={shiftsA} scale={scale} hovered={hovered} onHover={setHovered} />
          <DriftEnds motion={motion} scale={scale} />
        </svg>
      </div>
    </figure>
  );
}

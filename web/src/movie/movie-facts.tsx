import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { MovieMetadata } from '../../../src/contract/metadata.ts';
import type { ResultRecord } from '../../../src/contract/record.ts';
import { bytes, duration, fixed, moment, when } from '../data/format.ts';
import { metricWords } from '../data/metric-words.ts';
import { NONE } from '../data/words.ts';
import classes from './movie.module.css';
import { movieWords } from './words.ts';

type Fact = readonly [label: string, value: string];

/** Figures, recipe, steps with their exact commands, and files of one movie. */
export function MovieFacts({ record }: { record: ResultRecord }) {
  const { motion, ctf, statistics, recipe, movie } = record;
  const figures: Fact[] = [];
  if (ctf)
    figures.push(
      [movieWords.angle, fixed(ctf.astigmatismAngleDeg, 1, '°')],
      [movieWords.phaseShift, fixed(ctf.phaseShiftDeg, 1, '°')],
      [movieWords.merit, fixed(ctf.figureOfMerit, 3)],
      [movieWords.criterion, ctf.fitCriterion],
      [metricWords.iceRing.label, fixed(ctf.iceRingScore, 2)],
    );
  if (motion)
    figures.push(
      [movieWords.frames, `${motion.firstFrame}–${motion.lastFrame} / ${motion.frames}`],
      [movieWords.meanShift, fixed(motion.meanShiftA, 2, 'Å')],
      [metricWords.motionLate.label, fixed(motion.lateA, 1, 'Å')],
      [
        movieWords.iterations,
        motion.converged ? String(motion.iterations) : `${motion.iterations}, ${movieWords.notConverged}`,
      ],
    );
  if (statistics)
    figures.push(
      [movieWords.size, `${statistics.width} × ${statistics.height} px`],
      [movieWords.pixelSize, fixed(statistics.pixelSizeA, 3, 'Å')],
      [
        metricWords.meanIntensity.label,
        fixed(statistics.meanDosePerPixelFrame, 3, metricWords.meanIntensity.unit),
      ],
    );
  if (record.replacedPixels) {
    const { known, hotCount } = record.replacedPixels;
    figures.push([movieWords.replaced, movieWords.replacedPixels(known, hotCount)]);
  }
  const made: Fact[] = [
    [movieWords.voltage, `${recipe.voltageKv} kV`],
    [movieWords.cs, `${recipe.csMm} mm`],
    [movieWords.ac, String(recipe.amplitudeContrast)],
    [movieWords.dose, recipe.dosePerFrameEA2 === null ? NONE : `${recipe.dosePerFrameEA2} e/Å²`],
    [movieWords.totalDose, recipe.totalDoseEA2 === null ? NONE : `${recipe.totalDoseEA2} e/Å²`],
    [movieWords.binning, `${recipe.binning}`],
    [movieWords.gain, recipe.gain?.path ?? movieWords.noGain],
    [movieWords.recipe, record.recipeHash.slice(0, 12)],
  ];
  const origin: Fact[] = [
    [movieWords.path, movie.path],
    [movieWords.bytes, bytes(movie.sizeBytes)],
    [movieWords.modified, when(movie.mtimeMs)],
    [movieWords.startedAt, when(record.startedAt)],
    [movieWords.finishedAt, when(record.finishedAt)],
    [movieWords.host, record.host],
    [movieWords.executor, record.executor],
    ...(record.place ? [[movieWords.job, movieWords.jobOn(record.place)] as Fact] : []),
    [movieWords.version, record.serviceVersion],
    [movieWords.attempt, String(record.attempt)],
  ];
  return (
    <div className={classes.facts}>
      {record.metadata && <Facts title={movieWords.microscope} facts={microscopeFacts(record.metadata)} />}
      {figures.length > 0 && <Facts title={movieWords.figures} facts={figures} />}
      <Facts title={movieWords.recipe} facts={made} />
      <Facts title={movieWords.metadata} facts={origin} />
      {record.steps.length > 0 && (
        <section className={`card ${classes.block} ${classes.full}`}>
          <h2>{movieWords.steps}</h2>
          {record.steps.map((step) => (
            <div key={step.name} className={classes.stepRow}>
              <div className={classes.stepHead}>
                <b>{movieWords.stepNames[step.name]}</b>
                <span className="muted">
                  {step.program} {step.version} · {duration(step.wallSeconds)} {movieWords.wall}
                  {step.cpuSeconds !== null && ` · ${duration(step.cpuSeconds)} ${movieWords.cpu}`}
                </span>
              </div>
              <div className={classes.command}>
                <code>{step.command}</code>
                <CopyButton value={step.command}>
                  {({ copied, copy }) => (
                    <Tooltip label={copied ? movieWords.copied : movieWords.copyCommand}>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={movieWords.copyCommand}
                        onClick={copy}
                      >
                        {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
                      </ActionIcon>
                    </Tooltip>
                  )}
                </CopyButton>
              </div>
            </div>
          ))}
          {Object.keys(record.files).length > 0 && (
            <>
              <h2>{movieWords.files}</h2>
              <ul className={`${classes.files} mono`}>
                {Object.entries(record.files).map(([role, path]) => (
                  <li key={role}>{path}</li>
                ))}
              </ul>
            </>
          )}
        </section>
      )}
    </div>
  );
}

/** What the microscope's program says of the movie; what it does not say is left out. */
function microscopeFacts(metadata: MovieMetadata): Fact[] {
  const { stageUm, beamShift, beamShiftUnit } = metadata;
  const facts: (readonly [label: string, value: string | null | undefined])[] = [
    [movieWords.metadataFrom, `${metadata.program}: ${metadata.file}`],
    [movieWords.gridSquare, metadata.gridSquare],
    [movieWords.hole, [metadata.hole, metadata.holePosition].filter(Boolean).join(' / ')],
    [movieWords.stage, stageUm && [stageUm.x, stageUm.y, stageUm.z].map((n) => fixed(n, 1)).join(', ')],
    [movieWords.stageTilt, metadata.stageAlphaDeg === null ? null : fixed(metadata.stageAlphaDeg, 1, '°')],
    [movieWords.beamShift[beamShiftUnit], beamShift?.map((n) => fixed(n, 3)).join(', ')],
    [
      movieWords.targetDefocus,
      metadata.targetDefocusUm === null ? null : fixed(metadata.targetDefocusUm, 2, 'µm'),
    ],
    [movieWords.pixelSizeMetadata, metadata.pixelSizeA === null ? null : fixed(metadata.pixelSizeA, 4, 'Å')],
    [movieWords.totalDose, metadata.doseEA2 === null ? null : fixed(metadata.doseEA2, 1, 'e/Å²')],
    [movieWords.acquired, metadata.acquiredAt && moment(metadata.acquiredAt)],
  ];
  return facts.flatMap(([label, value]) => (value ? [[label, value] as const] : []));
}

function Facts({ title, facts }: { title: string; facts: readonly Fact[] }) {
  return (
    <section className={`card ${classes.block}`}>
      <h2>{title}</h2>
      <dl>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { MovieMetadata } from '../../../src/contract/metadata.ts';
import type { ResultRecord } from '../../../src/contract/record.ts';
import { bytes, duration, fixed, moment, when } from '../data/format.ts';
import { text } from '../ui/text.ts';
import classes from './movie.module.css';

type Fact = readonly [label: string, value: string];

/** Figures, recipe, steps with their exact commands, and files of one movie. */
export function MovieFacts({ record }: { record: ResultRecord }) {
  const t = text.movie;
  const { motion, ctf, statistics, recipe, movie } = record;
  const figures: Fact[] = [];
  if (ctf)
    figures.push(
      [t.angle, fixed(ctf.astigmatismAngleDeg, 1, '°')],
      [t.phaseShift, fixed(ctf.phaseShiftDeg, 1, '°')],
      [t.merit, fixed(ctf.figureOfMerit, 3)],
      [t.criterion, ctf.fitCriterion],
      [text.metrics.iceRing.label, fixed(ctf.iceRingScore, 2)],
    );
  if (motion)
    figures.push(
      [t.frames, `${motion.firstFrame}–${motion.lastFrame} / ${motion.frames}`],
      [t.meanShift, fixed(motion.meanShiftA, 2, 'Å')],
      [text.metrics.motionLate.label, fixed(motion.lateA, 1, 'Å')],
      [
        t.iterations,
        motion.converged ? String(motion.iterations) : `${motion.iterations}, ${t.notConverged}`,
      ],
    );
  if (statistics)
    figures.push(
      [t.size, `${statistics.width} × ${statistics.height} px`],
      [t.pixelSize, fixed(statistics.pixelSizeA, 3, 'Å')],
      [
        text.metrics.meanIntensity.label,
        fixed(statistics.meanDosePerPixelFrame, 3, text.metrics.meanIntensity.unit),
      ],
    );
  if (record.replacedPixels) {
    const { known, hotCount } = record.replacedPixels;
    figures.push([t.replaced, t.replacedPixels(known, hotCount)]);
  }
  const made: Fact[] = [
    [t.voltage, `${recipe.voltageKv} kV`],
    [t.cs, `${recipe.csMm} mm`],
    [t.ac, String(recipe.amplitudeContrast)],
    [t.dose, recipe.dosePerFrameEA2 === null ? text.none : `${recipe.dosePerFrameEA2} e/Å²`],
    [t.totalDose, recipe.totalDoseEA2 === null ? text.none : `${recipe.totalDoseEA2} e/Å²`],
    [t.binning, `${recipe.binning}`],
    [t.gain, recipe.gain?.path ?? t.noGain],
    [t.recipe, record.recipeHash.slice(0, 12)],
  ];
  const origin: Fact[] = [
    [t.path, movie.path],
    [t.bytes, bytes(movie.sizeBytes)],
    [t.modified, when(movie.mtimeMs)],
    [t.startedAt, when(record.startedAt)],
    [t.finishedAt, when(record.finishedAt)],
    [t.host, record.host],
    [t.executor, record.executor],
    ...(record.place ? [[t.job, t.jobOn(record.place)] as Fact] : []),
    [t.version, record.serviceVersion],
    [t.attempt, String(record.attempt)],
  ];
  return (
    <div className={classes.facts}>
      {record.metadata && <Facts title={t.microscope} facts={microscopeFacts(record.metadata)} />}
      {figures.length > 0 && <Facts title={t.figures} facts={figures} />}
      <Facts title={t.recipe} facts={made} />
      <Facts title={t.metadata} facts={origin} />
      {record.steps.length > 0 && (
        <section className={`card ${classes.block} ${classes.full}`}>
          <h2>{t.steps}</h2>
          {record.steps.map((step) => (
            <div key={step.name} className={classes.stepRow}>
              <div className={classes.stepHead}>
                <b>{t.stepNames[step.name]}</b>
                <span className="muted">
                  {step.program} {step.version} · {duration(step.wallSeconds)} {t.wall}
                  {step.cpuSeconds !== null && ` · ${duration(step.cpuSeconds)} ${t.cpu}`}
                </span>
              </div>
              <div className={classes.command}>
                <code>{step.command}</code>
                <CopyButton value={step.command}>
                  {({ copied, copy }) => (
                    <Tooltip label={copied ? text.session.copied : t.copyCommand}>
                      <ActionIcon variant="subtle" color="gray" aria-label={t.copyCommand} onClick={copy}>
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
              <h2>{t.files}</h2>
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
  const t = text.movie;
  const { stageUm, beamShift, beamShiftUnit } = metadata;
  const facts: (readonly [label: string, value: string | null | undefined])[] = [
    [t.metadataFrom, `${metadata.program}: ${metadata.file}`],
    [t.gridSquare, metadata.gridSquare],
    [t.hole, [metadata.hole, metadata.holePosition].filter(Boolean).join(' / ')],
    [t.stage, stageUm && [stageUm.x, stageUm.y, stageUm.z].map((n) => fixed(n, 1)).join(', ')],
    [t.stageTilt, metadata.stageAlphaDeg === null ? null : fixed(metadata.stageAlphaDeg, 1, '°')],
    [t.beamShift[beamShiftUnit], beamShift?.map((n) => fixed(n, 3)).join(', ')],
    [t.targetDefocus, metadata.targetDefocusUm === null ? null : fixed(metadata.targetDefocusUm, 2, 'µm')],
    [t.pixelSizeMetadata, metadata.pixelSizeA === null ? null : fixed(metadata.pixelSizeA, 4, 'Å')],
    [t.totalDose, metadata.doseEA2 === null ? null : fixed(metadata.doseEA2, 1, 'e/Å²')],
    [t.acquired, metadata.acquiredAt && moment(metadata.acquiredAt)],
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

import { Alert, Loader } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { Trial } from '../../../src/contract/preview.ts';
import type { ResultRecord } from '../../../src/contract/record.ts';
import { durationText, metricText } from '../data/format.ts';
import { metricWords } from '../data/metric-words.ts';
import { METRICS } from '../data/metrics.ts';
import { DriftPlot } from '../plots/drift-plot.tsx';
import { Picture } from '../ui/picture.tsx';
import { uiWords } from '../ui/words.ts';
import classes from './parameter-form.module.css';
import { formWords } from './words.ts';

/**
 * State and results of a trial.
 * @param hasOtherValues - whether the values in the form now differ from those that were tried
 */
export function TrialResult({ trial, hasOtherValues }: { trial: Trial; hasOtherValues: boolean }) {
  const { record, state, base } = trial;
  return (
    <section className={classes.trial} aria-label={formWords.trial.of(base)} data-state={state}>
      <p role="status" className={classes.trialState}>
        {(state === 'queued' || state === 'running') && <Loader size={16} aria-hidden />}
        <b>{formWords.trial.states[state]}</b> <span className="muted">{base}</span>
      </p>
      {hasOtherValues && (
        <Alert color="gray" icon={<IconInfoCircle size={18} />} py={6} mb="xs">
          {formWords.trial.other}
        </Alert>
      )}
      {trial.message !== null && (
        <Alert color="orange" icon={<IconAlertTriangle />} py={8} role="alert">
          {trial.message} {trial.remedy}
        </Alert>
      )}
      {record?.outcome.status === 'ok' && <Results record={record} trial={trial} />}
    </section>
  );
}

function Results({ record, trial: { base, pictures } }: { record: ResultRecord; trial: Trial }) {
  const { ctf, motion, warnings } = record;
  const picture = (role: string, alt: string) => (
    <Picture src={pictures[role] ?? null} alt={alt} fit="contain" missing={uiWords.noPicture} />
  );
  const umPerAngstrom = METRICS.defocusU.scale;
  const facts = [
    [metricWords.defocusU.label, metricText('defocusU', ctf && ctf.defocusUA * umPerAngstrom)],
    [metricWords.defocusV.label, metricText('defocusV', ctf && ctf.defocusVA * umPerAngstrom)],
    [metricWords.fitResolution.label, metricText('fitResolution', ctf?.fitResolutionA ?? null)],
    [metricWords.confidence.label, metricText('confidence', ctf?.confidence ?? null)],
    [metricWords.motionTotal.label, metricText('motionTotal', motion?.totalA ?? null)],
    [metricWords.seconds.label, durationText(secondsOf(record))],
  ] as const;
  return (
    <>
      <div className={classes.trialPictures}>
        {picture('thumbnail', uiWords.micrographAlt(base))}
        {picture('ctfPicture', uiWords.spectrumAlt(base))}
      </div>
      <dl className={classes.trialFacts}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {motion && motion.shiftsA.length > 0 && <DriftPlot motion={motion} />}
      {warnings.length > 0 && (
        <ul className={classes.warnings}>
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
    </>
  );
}

const secondsOf = ({ startedAt, finishedAt }: ResultRecord) =>
  (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;

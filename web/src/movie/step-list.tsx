import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ResultRecord } from '../../../src/contract/record.ts';
import { durationText } from '../data/format.ts';
import classes from './movie.module.css';
import { movieWords } from './words.ts';

/** The steps of a movie with their exact commands, and the files that they wrote. */
export function StepList({ record: { steps, files } }: { record: ResultRecord }) {
  return (
    <section className={`card ${classes.block} ${classes.full}`}>
      <h2>{movieWords.steps}</h2>
      {steps.map((step) => (
        <div key={step.name} className={classes.stepRow}>
          <div className={classes.stepHead}>
            <b>{movieWords.stepNames[step.name]}</b>
            <span className="muted">
              {step.program} {step.version} · {durationText(step.wallSeconds)} {movieWords.wall}
              {step.cpuSeconds !== null && ` · ${durationText(step.cpuSeconds)} ${movieWords.cpu}`}
            </span>
          </div>
          <Command command={step.command} />
        </div>
      ))}
      {Object.keys(files).length > 0 && (
        <>
          <h2>{movieWords.files}</h2>
          <ul className={`${classes.files} mono`}>
            {Object.entries(files).map(([role, path]) => (
              <li key={role}>{path}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Command({ command }: { command: string }) {
  return (
    <div className={classes.command}>
      <code>{command}</code>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? movieWords.copied : movieWords.copyCommand}>
            <ActionIcon variant="subtle" color="gray" aria-label={movieWords.copyCommand} onClick={copy}>
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}

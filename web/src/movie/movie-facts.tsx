import type { ResultRecord } from '../../../src/contract/record.ts';
import classes from './movie.module.css';
import { type Fact, microscopeFacts, originFacts, recipeFacts, resultFacts } from './record-facts.ts';
import { StepList } from './step-list.tsx';
import { movieWords } from './words.ts';

/** Metadata, metrics, recipe and origin of a movie, and its steps with the exact commands. */
export function MovieFacts({ record }: { record: ResultRecord }) {
  const results = resultFacts(record);
  return (
    <div className={classes.facts}>
      {record.metadata && <Facts title={movieWords.microscope} facts={microscopeFacts(record.metadata)} />}
      {results.length > 0 && <Facts title={movieWords.metrics} facts={results} />}
      <Facts title={movieWords.recipe} facts={recipeFacts(record)} />
      <Facts title={movieWords.origin} facts={originFacts(record)} />
      {record.steps.length > 0 && <StepList record={record} />}
    </div>
  );
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

import { Button } from '@mantine/core';
import { IconArrowRight, IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { GridHoles } from '../../../src/contract/grid.ts';
import { picturePath } from '../api/paths.ts';
import type { Criteria } from '../data/criteria.ts';
import { fixed, metricValue } from '../data/format.ts';
import { type GridRegion, hasRegion } from '../data/grid-regions.ts';
import { metricWords } from '../data/metric-words.ts';
import { isDoubtful, type MetricKey } from '../data/metrics.ts';
import type { Series } from '../data/series.ts';
import { NONE } from '../data/words.ts';
import { useSessionKey } from '../state/session-context.ts';
import { Picture } from '../ui/picture.tsx';
import { TrustNote } from '../ui/trust-note.tsx';
import { VerdictMark } from '../ui/verdict-mark.tsx';
import { uiWords } from '../ui/words.ts';
import classes from './grid.module.css';
import type { GridMark } from './grid-marks.ts';
import { gridValue } from './grid-metrics.ts';
import { gridWords } from './words.ts';

const FACTS: readonly MetricKey[] = ['fitResolution', 'astigmatism', 'motionTotal', 'iceRing'];

/** The movie that is pointed at or chosen: picture, figures, its hole. As high with a movie as without. */
export function ExposurePanel(props: {
  holes: GridHoles;
  base: string | null;
  store: Series;
  marks: ReadonlyMap<string, GridMark>;
  square: string;
  criteria: Criteria;
  onSelect: (region: GridRegion) => void;
}) {
  const { store, square, criteria } = props;
  const key = useSessionKey();
  const hole = props.holes.holes.find(({ exposures }) => exposures.some(({ base }) => base === props.base));
  const exposure = hole?.exposures.find(({ base }) => base === props.base);
  const mark = exposure && props.marks.get(exposure.base);
  const index = mark?.index ?? null;
  const confidence = index === null ? null : store.value('confidence', index);
  const region = hole?.name ? { square, hole: hole.name } : null;
  const isSelected = region !== null && hasRegion(criteria.regions, region);
  const target = exposure?.targetDefocusUm ?? null;
  const facts: [label: string, value: string, isFaint?: boolean][] = [
    [gridWords.hole, hole ? (hole.name ?? gridWords.noHole) : NONE],
    [
      gridWords.shot,
      hole && exposure ? gridWords.shotOf(hole.exposures.indexOf(exposure) + 1, hole.exposures.length) : NONE,
    ],
    [metricWords.defocus.label, metricValue('defocus', mark?.defocusUm ?? null)],
    [gridWords.target, fixed(target, 2, 'µm')],
    [gridWords.difference, gridValue('defocusOffset', mark?.offsetUm ?? null)],
    ...FACTS.map((metric): [string, string, boolean] => [
      metricWords[metric].label,
      index === null ? NONE : metricValue(metric, store.value(metric, index)),
      isDoubtful(metric, confidence),
    ]),
  ];
  return (
    <section className={`card ${classes.panel}`} aria-label={gridWords.exposure}>
      <div className={classes.panelBody}>
        <span className={classes.panelPicture}>
          <Picture
            src={
              exposure && index !== null && store.has(index, 'pictures')
                ? picturePath(key, exposure.base, 'thumbnail', store.finishedMs(index))
                : null
            }
            alt={exposure ? uiWords.micrographAlt(exposure.base) : ''}
            missing={exposure ? uiWords.noPicture : ''}
          />
          <VerdictMark verdict={index === null ? null : store.verdict(index)} />
        </span>
        <dl className={classes.facts}>
          {facts.map(([label, value, isFaint]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd className={isFaint ? 'faint' : undefined}>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      <p className={`muted truncate ${classes.panelName}`} title={exposure?.base}>
        {exposure ? (
          <>
            <TrustNote confidence={confidence} /> <span className="mono">{exposure.base}</span>
          </>
        ) : (
          gridWords.chosenHint
        )}
      </p>
      <div className={`no-print ${classes.panelButtons}`}>
        <Button
          size="xs"
          variant={isSelected ? 'filled' : 'default'}
          aria-pressed={isSelected}
          leftSection={isSelected ? <IconCheck size={15} /> : undefined}
          disabled={region === null}
          onClick={() => region && props.onSelect(region)}
        >
          {region === null ? gridWords.select : gridWords.selectHoleShort}
        </Button>
        {exposure ? (
          <Button
            size="xs"
            variant="light"
            rightSection={<IconArrowRight size={15} />}
            renderRoot={(root) => (
              <Link
                {...root}
                to="/s/$project/$user/$session/movie/$base"
                params={{ ...key, base: exposure.base }}
              />
            )}
          >
            {uiWords.openMovie}
          </Button>
        ) : (
          <Button size="xs" variant="light" disabled>
            {uiWords.openMovie}
          </Button>
        )}
      </div>
    </section>
  );
}

import { useEffect, useState } from 'react';
import { type Criteria, NO_CRITERIA } from '../../../web/src/data/criteria.ts';
import { SeriesStore } from '../../../web/src/data/series-store.ts';
import { SelectionBar } from '../../../web/src/session/selection-bar.tsx';
import { useObservable } from '../../../web/src/state/observable.ts';
import { ReviewActions } from '../../../web/src/state/review-actions.ts';
import { SelectionModel } from '../../../web/src/state/selection-model.ts';
import { useServices } from '../../../web/src/state/services.ts';
import type { FixtureProps } from '../../support/browser/component-page.tsx';
import { EXAMPLE_KEY } from '../example/session.ts';
import { rowOf } from '../rows.ts';

/** Movies 1 to 4, with a total motion of 10 Angstrom times their number. */
export function Fixture({ args, report }: FixtureProps<{ criteria?: Partial<Criteria> }>) {
  const { queryClient } = useServices();
  const [{ store, model, reviews }] = useState(() => {
    const movies = new SeriesStore();
    movies.apply([1, 2, 3, 4].map((seq) => rowOf(seq, { motionTotalA: 10 * seq })));
    const selection = new SelectionModel(() => movies.series);
    if (args.criteria) selection.set({ ...NO_CRITERIA, ...args.criteria });
    const actions = new ReviewActions(EXAMPLE_KEY, queryClient, {
      series: () => movies.series,
      setVerdict: (bases, verdict) => {
        movies.setVerdict(bases, verdict);
        report('verdict', [bases, verdict]);
      },
    });
    return { store: movies, model: selection, reviews: actions };
  });
  const criteria = useObservable(model.criteria);
  useEffect(() => report('criteria', criteria), [report, criteria]);
  return (
    <SelectionBar
      snapshot={{ series: store.series, phase: 'ready' }}
      model={model}
      reviews={reviews}
      name={EXAMPLE_KEY.session}
    />
  );
}

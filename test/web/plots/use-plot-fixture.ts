import { useEffect, useState } from 'react';
import type { MovieRow } from '../../../src/contract/api.ts';
import { selectedBases } from '../../../web/src/data/selection.ts';
import { SeriesStore } from '../../../web/src/data/series-store.ts';
import { PlotGroup } from '../../../web/src/plots/plot-group.ts';
import { useObservable } from '../../../web/src/state/observable.ts';
import { SelectionModel } from '../../../web/src/state/selection-model.ts';
import { rowOf } from '../rows.ts';

export interface PlotFixtureArgs {
  /** Movie numbers, with the values that differ from the defaults. */
  readonly rows: readonly (Partial<MovieRow> & { readonly seq: number })[];
  readonly rejected?: readonly string[];
}

/** Properties for a plot of movies. Reports what is selected, zoomed into, chosen and opened. */
export function usePlotFixture(
  { rows, rejected = [] }: PlotFixtureArgs,
  report: (name: string, value: unknown) => void,
) {
  const [{ series, model, group }] = useState(() => {
    const store = new SeriesStore();
    store.apply(rows.map(({ seq, ...values }) => rowOf(seq, values)));
    store.setVerdict(rejected, 'rejected');
    return { series: store.series, model: new SelectionModel(() => store.series), group: new PlotGroup() };
  });
  const [chosen, setChosen] = useState<number | null>(null);
  const selection = useObservable(model.current);
  const criteria = useObservable(model.criteria);
  const zoomX = useObservable(group.zoomX);
  const zoomY = useObservable(group.zoomY);
  useEffect(() => report('criteria', criteria), [report, criteria]);
  useEffect(
    () => report('selected', selection === null ? null : selectedBases(series, selection)),
    [report, series, selection],
  );
  useEffect(() => report('zoom', { x: zoomX, y: zoomY }), [report, zoomX, zoomY]);
  return {
    snapshot: { series, phase: 'ready' } as const,
    model,
    group,
    chosen,
    onChoose(index: number) {
      report('chosen', series.bases[index]);
      setChosen(index);
    },
    onOpen: (index: number) => report('opened', series.bases[index]),
  };
}

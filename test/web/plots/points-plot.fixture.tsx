import { useEffect, useState } from 'react';
import type { MovieRow } from '../../../src/contract/api.ts';
import type { MetricKey } from '../../../web/src/data/metrics.ts';
import { type AxisKey, selectedBases } from '../../../web/src/data/selection.ts';
import { SeriesStore } from '../../../web/src/data/series-store.ts';
import { type DragMode, PlotGroup } from '../../../web/src/plots/plot-group.ts';
import { PointsPlot } from '../../../web/src/plots/points-plot.tsx';
import { useObservable } from '../../../web/src/state/observable.ts';
import { SelectionModel } from '../../../web/src/state/selection-model.ts';
import type { FixtureProps } from '../../support/browser/component-page.tsx';
import { rowOf } from '../rows.ts';

interface Args {
  /** Movie number -> figures. */
  readonly rows: readonly (Partial<MovieRow> & { readonly seq: number })[];
  readonly rejected?: readonly string[];
  readonly mode?: DragMode;
  readonly x?: AxisKey;
  readonly metrics: readonly MetricKey[];
  readonly fromZero?: boolean;
  readonly fromFit?: boolean;
}

const HEIGHT_PX = 246;

/** A points plot of given movies; reports its selection, zoom, chosen and opened movies. */
export function Fixture({ args, report }: FixtureProps<Args>) {
  const { rows, metrics, rejected = [] } = args;
  const [counted] = metrics;
  const [{ store, model, group }] = useState(() => {
    const filled = new SeriesStore();
    filled.apply(rows.map(({ seq, ...figures }) => rowOf(seq, figures)));
    filled.setVerdict(rejected, 'rejected');
    return { store: filled, model: new SelectionModel(() => filled), group: new PlotGroup() };
  });
  const [chosen, setChosen] = useState<number | null>(null);
  const selection = useObservable(model.current);
  const criteria = useObservable(model.criteria);
  const zoomX = useObservable(group.zoomX);
  const zoomY = useObservable(group.zoomY);
  useEffect(() => report('criteria', criteria), [report, criteria]);
  useEffect(
    () => report('selected', selection === null ? null : selectedBases(store, selection)),
    [report, store, selection],
  );
  useEffect(() => report('zoom', { x: zoomX, y: zoomY }), [report, zoomX, zoomY]);
  if (counted === undefined) return null;
  return (
    <div style={{ width: 468 }}>
      <PointsPlot
        label="Plot under test"
        snapshot={{ store, version: store.version, phase: 'ready' }}
        model={model}
        group={group}
        mode={args.mode ?? 'select'}
        x={args.x ?? 'seq'}
        metrics={metrics}
        counted={counted}
        height={HEIGHT_PX}
        withXAxis
        fromZero={args.fromZero ?? true}
        fromFit={args.fromFit ?? false}
        chosen={chosen}
        onChoose={(index) => {
          report('chosen', store.bases[index]);
          setChosen(index);
        }}
        onOpen={(index) => report('opened', store.bases[index])}
      />
    </div>
  );
}

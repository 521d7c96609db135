import type { AxisKey } from '../../../web/src/data/criteria.ts';
import type { MetricKey } from '../../../web/src/data/metrics.ts';
import type { DragMode } from '../../../web/src/plots/plot-group.ts';
import { PointsPlot } from '../../../web/src/plots/points-plot.tsx';
import type { FixtureProps } from '../../support/browser/component-page.tsx';
import { type PlotFixtureArgs, usePlotFixture } from './use-plot-fixture.ts';

interface Args extends PlotFixtureArgs {
  readonly metrics: readonly [MetricKey, ...MetricKey[]];
  readonly mode?: DragMode;
  readonly x?: AxisKey;
  readonly startsAtZero?: boolean;
  readonly isFadedIfDoubtful?: boolean;
  readonly hasXAxis?: boolean;
}

/** A points plot of given movies, 468 px wide and 246 px high. */
export function Fixture({ args, report }: FixtureProps<Args>) {
  const shared = usePlotFixture(args, report);
  return (
    <div style={{ width: 468 }}>
      <PointsPlot
        {...shared}
        label="Plot under test"
        mode={args.mode ?? 'select'}
        x={args.x ?? 'seq'}
        metrics={args.metrics}
        mainMetric={args.metrics[0]}
        height={246}
        hasXAxis={args.hasXAxis ?? true}
        startsAtZero={args.startsAtZero ?? true}
        isFadedIfDoubtful={args.isFadedIfDoubtful ?? false}
      />
    </div>
  );
}

import type { MetricKey } from '../../../web/src/data/metrics.ts';
import { SeriesFigure } from '../../../web/src/plots/series-figure.tsx';
import type { FixtureProps } from '../../support/browser/component-page.tsx';
import { type PlotFixtureArgs, usePlotFixture } from './use-plot-fixture.ts';

interface Args extends PlotFixtureArgs {
  readonly title: string;
  readonly metrics: readonly [MetricKey, ...MetricKey[]];
  readonly startsAtZero?: boolean;
  readonly isFadedIfDoubtful?: boolean;
}

/** One figure of the live tab, 480 px wide: points, read-out and histogram. */
export function Fixture({ args, report }: FixtureProps<Args>) {
  const shared = usePlotFixture(args, report);
  return (
    <div style={{ width: 480 }}>
      <SeriesFigure
        {...shared}
        title={args.title}
        mode="select"
        metrics={args.metrics}
        mainMetric={args.metrics[0]}
        height={170}
        hasXAxis
        startsAtZero={args.startsAtZero ?? true}
        isFadedIfDoubtful={args.isFadedIfDoubtful ?? false}
        onTable={() => report('table', args.metrics[0])}
      />
    </div>
  );
}

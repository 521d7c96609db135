import { ScatterCard } from '../../../web/src/plots/scatter-card.tsx';
import type { FixtureProps } from '../../support/browser/component-page.tsx';
import { type PlotFixtureArgs, usePlotFixture } from './use-plot-fixture.ts';

/** A scatter plot of the two metrics in the URL, 480 px wide. */
export function Fixture({ args, report }: FixtureProps<PlotFixtureArgs>) {
  const { group: _, ...shared } = usePlotFixture(args, report);
  return (
    <div style={{ width: 480 }}>
      <ScatterCard {...shared} mode="select" />
    </div>
  );
}

import type { Motion } from '../../../src/contract/record.ts';
import { DriftPlot } from '../../../web/src/plots/drift-plot.tsx';
import type { FixtureProps } from '../../support/browser/component-page.tsx';

export function Fixture({ args: { motion } }: FixtureProps<{ motion: Motion }>) {
  return (
    <div style={{ width: 480 }}>
      <DriftPlot motion={motion} />
    </div>
  );
}

import type { Ctf } from '../../../src/contract/record.ts';
import { ProfilePlot } from '../../../web/src/plots/profile-plot.tsx';
import type { FixtureProps } from '../../support/browser/component-page.tsx';

interface Args {
  readonly ctf: Ctf;
  /** CSS width of the figure. */
  readonly width?: string;
}

export function Fixture({ args: { ctf, width = '480px' } }: FixtureProps<Args>) {
  return (
    <div style={{ width }}>
      <ProfilePlot ctf={ctf} />
    </div>
  );
}

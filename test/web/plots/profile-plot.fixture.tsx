import type { Ctf } from '../../../src/contract/record.ts';
import { ProfilePlot } from '../../../web/src/plots/profile-plot.tsx';
import type { FixtureProps } from '../../support/browser/component-page.tsx';

export function Fixture({ args: { ctf } }: FixtureProps<{ ctf: Ctf }>) {
  return (
    <div style={{ width: 480 }}>
      <ProfilePlot ctf={ctf} />
    </div>
  );
}

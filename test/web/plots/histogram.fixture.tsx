import { Histogram } from '../../../web/src/plots/histogram.tsx';
import type { FixtureProps } from '../../support/browser/component-page.tsx';

interface Args {
  readonly values: readonly number[];
  readonly selected?: readonly boolean[];
  readonly range: readonly [number, number];
  readonly median: number | null;
}

/** A histogram whose 24 bins extend from 10 px to 106 px, 4 px each. */
export function Fixture({ args: { values, selected, range, median } }: FixtureProps<Args>) {
  return (
    <Histogram
      label="Histogram under test"
      values={Float64Array.from(values)}
      mask={selected ? Uint8Array.from(selected, Number) : null}
      range={range}
      median={median}
      height={126}
      top={10}
      bottom={20}
      color="#0072b2"
    />
  );
}

import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '../../../web/src/app/styles.css';
import { createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { type ComponentType, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createServices } from '../../../web/src/app/create-services.ts';
import { PageProviders } from '../../../web/src/app/providers.tsx';
import { rgbOf } from '../../../web/src/plots/raster.ts';

/**
 * Parameters of a fixture: the arguments of the test, and a function to report calls of the component to the
 * test.
 */
export interface FixtureProps<Args> {
  readonly args: Args;
  /** Records a call or a value under a name; the test reads all of them, in order. */
  readonly report: (name: string, value: unknown) => void;
}

interface FixtureModule {
  readonly Fixture: ComponentType<FixtureProps<unknown>>;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

declare global {
  interface Window {
    mountFixture: (name: string, args: unknown) => Promise<void>;
    reported: { readonly name: string; readonly value: unknown }[];
    countDrawnPixels: (selector: string, box: Box, color: string | null, minAlpha: number) => number;
  }
}

const modules = import.meta.glob<FixtureModule>('../../web/**/*.fixture.tsx');

const root = createRoot(document.body.appendChild(document.createElement('div')));
window.reported = [];

/** Mounts `test/web/<name>.fixture.tsx` instead of the previous one. */
window.mountFixture = async (name, args) => {
  const load = modules[`../../web/${name}.fixture.tsx`];
  if (load === undefined) throw new Error(`There is no test/web/${name}.fixture.tsx`);
  const { Fixture } = await load();
  window.reported = [];
  const report: FixtureProps<unknown>['report'] = (reportedName, value) => {
    window.reported.push({ name: reportedName, value });
  };
  const route = createRootRoute({
    component: () => (
      <div data-fixture={name} style={{ width: 'fit-content' }}>
        <Fixture args={args} report={report} />
      </div>
    ),
  });
  root.render(
    <StrictMode key={Math.random()}>
      <PageProviders services={createServices()}>
        <RouterProvider router={createRouter({ routeTree: route })} />
      </PageProviders>
    </StrictMode>,
  );
};

/** Maximum difference of a channel, 0..255, from a given colour. */
const MAX_COLOR_DIFFERENCE = 24;

/**
 * Number of drawn pixels of a canvas within the box (CSS pixels of the canvas), of one colour if one is
 * given.
 * @param minAlpha - 0..255, from which a pixel counts as drawn
 */
window.countDrawnPixels = (selector, { x, y, width, height }, color, minAlpha) => {
  const canvas = document.querySelector<HTMLCanvasElement>(selector);
  const context = canvas?.getContext('2d');
  if (!canvas || !context) throw new Error(`${selector} is not a canvas`);
  const { data } = context.getImageData(x, y, width, height);
  const rgb = color === null ? null : rgbOf(color);
  let count = 0;
  for (let offset = 0; offset < data.length; offset += 4) {
    const isDrawn = (data[offset + 3] ?? 0) >= minAlpha;
    const isColor = rgb?.every(
      (channel, i) => Math.abs((data[offset + i] ?? 0) - channel) <= MAX_COLOR_DIFFERENCE,
    );
    if (isDrawn && isColor !== false) count++;
  }
  return count;
};

import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/styles.css';
import { localStorageColorSchemeManager } from '@mantine/core';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createServices } from './app/create-services.ts';
import { COLORS_STORAGE_KEY, PageProviders } from './app/providers.tsx';
import { createPageRouter } from './app/router.tsx';

/**
 * Called before the first paint, so that a dark page never flashes white. An inline script would violate the
 * content security policy.
 */
function applyColorScheme(): void {
  const stored = localStorageColorSchemeManager({ key: COLORS_STORAGE_KEY }).get('auto');
  const isDark =
    stored === 'dark' || (stored === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root');
applyColorScheme();
createRoot(root).render(
  <StrictMode>
    <PageProviders services={createServices()}>
      <RouterProvider router={createPageRouter()} />
    </PageProviders>
  </StrictMode>,
);

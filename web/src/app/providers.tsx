import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type PageServices, ServicesContext } from '../state/services.ts';
import { theme } from './theme.ts';

/** Key of the colour scheme in the local storage. */
export const COLORS_STORAGE_KEY = 'cryoem-colors';

/** The contexts that every view of the page needs. */
export function PageProviders({ services, children }: { services: PageServices; children: ReactNode }) {
  const [colorSchemes] = useState(() => localStorageColorSchemeManager({ key: COLORS_STORAGE_KEY }));
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colorSchemes}>
      <QueryClientProvider client={services.queryClient}>
        <ServicesContext value={services}>
          <Notifications position="top-right" />
          {children}
        </ServicesContext>
      </QueryClientProvider>
    </MantineProvider>
  );
}

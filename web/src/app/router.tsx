import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { SessionsView } from '../facility/sessions-view.tsx';
import {
  KIOSK_PATH,
  kioskSearch,
  MOVIE_PATH,
  movieSearch,
  SESSION_PATH,
  SESSIONS_PATH,
  sessionSearch,
  sessionsSearch,
} from '../routes.ts';
import { SessionLayout } from '../session/session-layout.tsx';
import { SessionView } from '../session/session-view.tsx';
import { CrashPage, NotFoundPage } from './error-pages.tsx';
import { Shell } from './shell.tsx';

const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: NotFoundPage,
  errorComponent: CrashPage,
});

const sessionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: SESSIONS_PATH,
  component: SessionsView,
  validateSearch: sessionsSearch,
});

const kioskRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: KIOSK_PATH,
  component: lazyRouteComponent(() => import('../facility/kiosk-view.tsx'), 'KioskView'),
  validateSearch: kioskSearch,
});

const sessionLayout = createRoute({
  getParentRoute: () => rootRoute,
  path: SESSION_PATH,
  component: SessionLayout,
});

const sessionRoute = createRoute({
  getParentRoute: () => sessionLayout,
  path: '/',
  component: SessionView,
  validateSearch: sessionSearch,
});

const movieRoute = createRoute({
  getParentRoute: () => sessionLayout,
  path: MOVIE_PATH,
  component: lazyRouteComponent(() => import('../movie/movie-view.tsx'), 'MovieView'),
  validateSearch: movieSearch,
});

/** Assigns the views to the URLs of `routes.ts`. */
export const createPageRouter = () =>
  createRouter({
    routeTree: rootRoute.addChildren([
      sessionsRoute,
      kioskRoute,
      sessionLayout.addChildren([sessionRoute, movieRoute]),
    ]),
    defaultPreload: 'intent',
    scrollRestoration: true,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPageRouter>;
  }
}

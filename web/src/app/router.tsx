import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { GRID_METRICS, type GridMetric, SQUARE_ORDERS, type SquareOrder } from '../data/grid-choices.ts';
import { MOVIE_PICTURES, type MoviePicture, SHOWN, type Shown } from '../data/shown.ts';
import { SESSION_FILTERS, type SessionFilter } from '../facility/session-list.ts';
import { SessionsView } from '../facility/sessions-view.tsx';
import { SessionLayout } from '../session/session-layout.tsx';
import { SessionView } from '../session/session-view.tsx';
import { Crash, NoSuchPage } from '../ui/fault.tsx';
import { Shell } from './shell.tsx';

/**
 * Addresses of the page: `/`, `/kiosk`, `/s/<project>/<user>/<session>` with `tab` and `pick` in the query, and
 * `/s/<project>/<user>/<session>/movie/<base>`. The service answers all of them with the same index.html.
 */
export const TABS = ['live', 'gallery', 'grid', 'table', 'failures', 'timeline', 'gain', 'settings'] as const;
export type Tab = (typeof TABS)[number];
const DIALOGS = ['start', 'resume', 'stop'] as const;
export type Dialog = (typeof DIALOGS)[number];
/** Those that hold the parameters. */
export type Form = Exclude<Dialog, 'stop'>;

/**
 * `sel`: what selects movies (data/selection.ts); `sort`: column of the table, `-` before it for falling; `list`: which movies;
 * `square`, `metric`, `order`: square of the grid that is open, what colours it, how squares are sorted.
 * `plane`: the axes of the scatter, y before x; `cause`: the failures that are listed, by their code, `-aside` after it for those that were set aside;
 * `logOf`: the movie among them whose log is open.
 */
export interface SessionSearch {
  tab?: Tab;
  pick?: string;
  dialog?: Dialog;
  sel?: string;
  sort?: string;
  list?: Shown;
  square?: string;
  metric?: GridMetric;
  order?: SquareOrder;
  plane?: string;
  cause?: string;
  logOf?: string;
}

/** Of a movie: which picture, what is in sight of the micrograph (movie/zoom-view.ts), whether the log is open. */
export interface MovieSearch {
  picture?: MoviePicture;
  at?: string;
  log?: boolean;
}

/** Of the list of sessions: words sought, and which sessions. */
export interface SessionsSearch {
  q?: string;
  show?: SessionFilter;
  project?: string;
  user?: string;
}

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NoSuchPage, errorComponent: Crash });

const asText = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
/** A name of digits that somebody wrote into the address is read as a number. */
const asName = (value: unknown) => asText(typeof value === 'number' ? String(value) : value);

const sessionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: SessionsView,
  validateSearch: (search: Record<string, unknown>): SessionsSearch => ({
    q: asText(search.q),
    show: SESSION_FILTERS.find((filter) => filter === search.show),
    project: asText(search.project),
    user: asText(search.user),
  }),
});

const kioskRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/kiosk',
  component: lazyRouteComponent(() => import('../facility/kiosk-view.tsx'), 'KioskView'),
  validateSearch: (
    search: Record<string, unknown>,
  ): { q?: string; project?: string; user?: string; seconds?: number } => ({
    q: asText(search.q),
    project: asText(search.project),
    user: asText(search.user),
    seconds: typeof search.seconds === 'number' && search.seconds >= 2 ? search.seconds : undefined,
  }),
});

const sessionLayout = createRoute({
  getParentRoute: () => rootRoute,
  path: '/s/$project/$user/$session',
  component: SessionLayout,
});

const sessionRoute = createRoute({
  getParentRoute: () => sessionLayout,
  path: '/',
  component: SessionView,
  validateSearch: (search: Record<string, unknown>): SessionSearch => ({
    tab: TABS.find((tab) => tab === search.tab),
    pick: asText(search.pick),
    sel: asText(search.sel),
    sort: asText(search.sort),
    list: SHOWN.find((shown) => shown === search.list),
    square: asName(search.square),
    metric: GRID_METRICS.find((metric) => metric === search.metric),
    order: SQUARE_ORDERS.find((order) => order === search.order),
    plane: asText(search.plane),
    cause: asText(search.cause),
    logOf: asName(search.logOf),
    dialog: DIALOGS.find((dialog) => dialog === search.dialog),
  }),
});

const movieRoute = createRoute({
  getParentRoute: () => sessionLayout,
  path: '/movie/$base',
  component: lazyRouteComponent(() => import('../movie/movie-view.tsx'), 'MovieView'),
  validateSearch: (search: Record<string, unknown>): MovieSearch => ({
    picture: MOVIE_PICTURES.find((picture) => picture === search.picture),
    at: asText(search.at),
    log: search.log === true ? true : undefined,
  }),
});

export const router = createRouter({
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
    router: typeof router;
  }
}

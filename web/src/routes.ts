import { GRID_METRICS, type GridMetric, SQUARE_ORDERS, type SquareOrder } from './data/grid-choices.ts';
import { MOVIE_FILTERS, type MovieFilter } from './data/movie-filter.ts';
import { MOVIE_PICTURES, type MoviePicture } from './data/movie-pictures.ts';

/**
 * URL paths of the views and their queries. A leaf module: views import the types from here, `app/router.tsx`
 * assigns the views to the URLs. The service serves the same index.html for all of them.
 */
export const SESSIONS_PATH = '/';
export const KIOSK_PATH = '/kiosk';
export const SESSION_PATH = '/s/$project/$user/$session';
/** Below the URL of its session. */
export const MOVIE_PATH = '/movie/$base';

export const TABS = ['live', 'gallery', 'grid', 'table', 'failures', 'timeline', 'gain', 'settings'] as const;
export type Tab = (typeof TABS)[number];
const DIALOGS = ['start', 'resume', 'stop'] as const;
export type Dialog = (typeof DIALOGS)[number];
/** The dialogs that contain the parameters. */
export type Form = Exclude<Dialog, 'stop'>;

/** Filters of the list of sessions. */
export const SESSION_FILTERS = ['all', 'active', 'attention', 'done'] as const;
export type SessionFilter = (typeof SESSION_FILTERS)[number];

/** Query of the list of sessions: search words and filters. */
export interface SessionsSearch {
  readonly q?: string | undefined;
  readonly show?: SessionFilter | undefined;
  readonly project?: string | undefined;
  readonly user?: string | undefined;
}

/** Query of the wall display: which sessions, and for how many seconds each is shown. */
export interface KioskSearch {
  readonly q?: string | undefined;
  readonly project?: string | undefined;
  readonly user?: string | undefined;
  readonly seconds?: number | undefined;
}

/** Query of a session. */
export interface SessionSearch {
  readonly tab?: Tab | undefined;
  /** Base of the chosen movie. */
  readonly pick?: string | undefined;
  readonly dialog?: Dialog | undefined;
  /** Criteria of the selection (data/criteria-address.ts). */
  readonly sel?: string | undefined;
  /** Column of the table, with `-` before it for descending. */
  readonly sort?: string | undefined;
  /** Which movies are listed in the table and the gallery. */
  readonly list?: MovieFilter | undefined;
  /** Grid square that is open. */
  readonly square?: string | undefined;
  /** Value that colours the grid. */
  readonly metric?: GridMetric | undefined;
  /** Order of the grid squares. */
  readonly order?: SquareOrder | undefined;
  /** Axes of the scatter plot, y before x. */
  readonly plane?: string | undefined;
  /** Failures that are listed, by their code; `-aside` after it for those that were set aside. */
  readonly cause?: string | undefined;
  /** Base of the failed movie whose log is open. */
  readonly logOf?: string | undefined;
}

/**
 * Query of a movie: which image, which part of the micrograph (movie/zoom-view.ts), whether the log is
 * open.
 */
export interface MovieSearch {
  readonly picture?: MoviePicture | undefined;
  readonly at?: string | undefined;
  readonly log?: boolean | undefined;
}

/** The query of a URL as it was parsed; any part of it may be missing or malformed. */
type RawSearch = Record<string, unknown>;

const MIN_KIOSK_SECONDS = 2;

const asText = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
/** The router parses a name that consists of digits as a number. */
const asName = (value: unknown) => asText(typeof value === 'number' ? String(value) : value);
const oneOf = <T extends string>(values: readonly T[], wanted: unknown) =>
  values.find((value) => value === wanted);

export const sessionsSearch = (raw: RawSearch): SessionsSearch => ({
  q: asText(raw.q),
  show: oneOf(SESSION_FILTERS, raw.show),
  project: asText(raw.project),
  user: asText(raw.user),
});

export const kioskSearch = (raw: RawSearch): KioskSearch => ({
  q: asText(raw.q),
  project: asText(raw.project),
  user: asText(raw.user),
  seconds: typeof raw.seconds === 'number' && raw.seconds >= MIN_KIOSK_SECONDS ? raw.seconds : undefined,
});

export const sessionSearch = (raw: RawSearch): SessionSearch => ({
  tab: oneOf(TABS, raw.tab),
  pick: asText(raw.pick),
  sel: asText(raw.sel),
  sort: asText(raw.sort),
  list: oneOf(MOVIE_FILTERS, raw.list),
  square: asName(raw.square),
  metric: oneOf(GRID_METRICS, raw.metric),
  order: oneOf(SQUARE_ORDERS, raw.order),
  plane: asText(raw.plane),
  cause: asText(raw.cause),
  logOf: asName(raw.logOf),
  dialog: oneOf(DIALOGS, raw.dialog),
});

export const movieSearch = (raw: RawSearch): MovieSearch => ({
  picture: oneOf(MOVIE_PICTURES, raw.picture),
  at: asText(raw.at),
  log: raw.log === true ? true : undefined,
});

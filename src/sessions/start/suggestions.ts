import type { SessionDetail } from '../../contract/api.ts';
import { PARAMETER_TABLE, type ParameterValues } from '../../contract/parameters.ts';
import type { Context } from '../context.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { Suggestions as MovieSuggestions } from '../discovery/messages.ts';
import type { Registry } from '../loading/registry.ts';
import type { Session } from '../session.ts';

type Values = SessionDetail['suggested'];

/** If a file server hangs, the form has no suggestions, but the page still gets a response. */
const TIMEOUT_MS = 2000;
/** Maximum number of recently started sessions that are checked for the same microscope. */
const MAX_CHECKED_SESSIONS = 10;
const NO_SUGGESTIONS: MovieSuggestions = { values: {}, instrument: null };

/**
 * Initial values for the start form: from the first movie, otherwise from the last session of the same
 * microscope.
 */
export class Suggestions {
  private readonly context: Context;
  private readonly discovery: Discovery;
  private readonly registry: Registry;
  private readonly bySession = new Map<number, MovieSuggestions>();

  constructor(context: Context, discovery: Discovery, registry: Registry) {
    this.context = context;
    this.discovery = discovery;
    this.registry = registry;
  }

  async forSession(session: Session): Promise<Values> {
    const { start } = session.lifecycle;
    if (start !== null) return withSource(start.parameters, () => true, 'last start of this session');
    const found = await this.fromFirstMovie(session);
    const last = await this.lastOfInstrument(session, found.instrument);
    const source = last === null ? '' : `last session of this microscope, ${last.key.session}`;
    const isWanted = (name: string) => isInstrumentParameter(name) && !hasAlternative(name, found.values);
    return { ...withSource(last?.lifecycle.parameters ?? {}, isWanted, source), ...found.values };
  }

  /** The most recently started session of a microscope; null: there is none, or the microscope is unknown. */
  private async lastOfInstrument(session: Session, instrument: string | null): Promise<Session | null> {
    if (instrument === null) return null;
    const changedAt = (other: Session) => other.lifecycle.start?.changedAt ?? '';
    const others = this.registry
      .present()
      .filter((other) => other !== session && other.lifecycle.start !== null)
      .sort((a, b) => (changedAt(a) < changedAt(b) ? 1 : -1))
      .slice(0, MAX_CHECKED_SESSIONS);
    const instruments = await Promise.all(
      others.map(async (other) => (await this.fromFirstMovie(other)).instrument),
    );
    return others.find((_other, i) => instruments[i] === instrument) ?? null;
  }

  /** Suggestions from the first movie of a session. */
  private async fromFirstMovie(session: Session): Promise<MovieSuggestions> {
    const stored = this.bySession.get(session.id);
    if (stored) return stored;
    const [first] = this.context.ledger.movieRows.page(session.id, 'oldest', null, null, 1);
    if (!first) return NO_SUGGESTIONS;
    try {
      const request = this.discovery.request('suggest', { raw: session.paths.raw, movie: first.path });
      const found = await Promise.race([request, timeout(TIMEOUT_MS)]);
      if (found.instrument !== null) this.bySession.set(session.id, found);
      return found;
    } catch (error) {
      this.context.logger.warn({ session: session.key, error }, 'no suggestions from the first movie');
      return NO_SUGGESTIONS;
    }
  }
}

/** False for files and their names, which belong to one session; other values depend on the microscope. */
const isInstrumentParameter = (name: string): boolean =>
  PARAMETER_TABLE.find((p) => p.name === name)?.group !== 'files';

/**
 * Whether the suggestions from the movie contain an alternative to a parameter: a dose per frame from this
 * movie and a total dose from the last session would contradict each other.
 */
const hasAlternative = (name: string, found: MovieSuggestions['values']): boolean =>
  PARAMETER_TABLE.some(
    ({ name: declared, insteadOf: alternative }) =>
      alternative !== undefined &&
      ((declared === name && alternative in found) || (alternative === name && declared in found)),
  );

const withSource = (
  values: Partial<ParameterValues>,
  isWanted: (name: string) => boolean,
  source: string,
): Values =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (isWanted(name) ? [[name, { value, source }]] : [])),
  );

const timeout = (ms: number): Promise<never> =>
  new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`no response within ${ms} ms`)), ms).unref();
  });

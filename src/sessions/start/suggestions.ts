import type { SessionDetail } from '../../contract/api.ts';
import { PARAMETER_TABLE, type ParameterValues } from '../../contract/parameters.ts';
import type { Context } from '../context.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { Suggestions as Found } from '../discovery/messages.ts';
import type { Registry } from '../loading/registry.ts';
import type { Session } from '../session.ts';

type Values = SessionDetail['suggested'];

/** If a file server hangs, the form has no suggestions, but the page still gets a response. */
const TIMEOUT_MS = 2000;
/** Maximum number of sessions, the last started ones, that are checked for the same microscope. */
const MAX_ASKED = 10;
const NOTHING: Found = { values: {}, instrument: null };

/**
 * Initial values of the start form: from the first movie, then from the last session of the same microscope.
 */
export class Suggestions {
  private readonly context: Context;
  private readonly discovery: Discovery;
  private readonly registry: Registry;
  private readonly known = new Map<number, Found>();

  constructor(context: Context, discovery: Discovery, registry: Registry) {
    this.context = context;
    this.discovery = discovery;
    this.registry = registry;
  }

  async of(session: Session): Promise<Values> {
    const { start } = session.lifecycle;
    if (start !== null) return named(start.parameters, () => true, 'last start of this session');
    const found = await this.foundIn(session);
    const last = await this.lastOfInstrument(session, found.instrument);
    const source = last === null ? '' : `last session of this microscope, ${last.key.session}`;
    const isWanted = (name: string) => isOfInstrument(name) && !isGivenOtherwise(name, found.values);
    return { ...named(last?.lifecycle.parameters ?? {}, isWanted, source), ...found.values };
  }

  /** The last started session of the same microscope; null: there is none, or the microscope is unknown. */
  private async lastOfInstrument(session: Session, instrument: string | null): Promise<Session | null> {
    if (instrument === null) return null;
    const changedAt = (other: Session) => other.lifecycle.start?.changedAt ?? '';
    const others = this.registry
      .present()
      .filter((other) => other !== session && other.lifecycle.start !== null)
      .sort((a, b) => (changedAt(a) < changedAt(b) ? 1 : -1))
      .slice(0, MAX_ASKED);
    const instruments = await Promise.all(
      others.map(async (other) => (await this.foundIn(other)).instrument),
    );
    return others.find((_other, i) => instruments[i] === instrument) ?? null;
  }

  private async foundIn(session: Session): Promise<Found> {
    const known = this.known.get(session.id);
    if (known) return known;
    const [first] = this.context.ledger.movieRows.page(session.id, 'oldest', null, null, 1);
    if (!first) return NOTHING;
    try {
      const answer = this.discovery.request('suggest', { raw: session.paths.raw, movie: first.path });
      const found = await Promise.race([answer, timeout(TIMEOUT_MS)]);
      if (found.instrument !== null) this.known.set(session.id, found);
      return found;
    } catch (error) {
      this.context.logger.warn({ session: session.key, error }, 'no suggestions from the first movie');
      return NOTHING;
    }
  }
}

/** Files and their names belong to one session; the other values to the microscope and how it is used. */
const isOfInstrument = (name: string): boolean =>
  PARAMETER_TABLE.find((p) => p.name === name)?.group !== 'files';

/**
 * The dose is given in one of two ways: one of this movie and another of the last session would contradict
 * each other.
 */
const isGivenOtherwise = (name: string, found: Found['values']): boolean =>
  PARAMETER_TABLE.some(
    ({ name: one, insteadOf: other }) =>
      other !== undefined && ((one === name && other in found) || (other === name && one in found)),
  );

const named = (
  values: Partial<ParameterValues>,
  isWanted: (name: string) => boolean,
  source: string,
): Values =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (isWanted(name) ? [[name, { value, source }]] : [])),
  );

const timeout = (ms: number): Promise<never> =>
  new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms).unref();
  });

import type { SessionDetail } from '../../contract/api.ts';
import { PARAMETER_TABLE, type ParameterValues } from '../../contract/parameters.ts';
import type { Context } from '../context.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { Suggestions as Found } from '../discovery/messages.ts';
import type { Session } from '../session.ts';

type Values = SessionDetail['suggested'];

/** A file server that hangs costs a form its suggestions, not the page its answer. */
const TIMEOUT_MS = 2000;
/** So many sessions, the latest started ones, are asked whether they are of the same microscope. */
const MOST_ASKED = 10;
const NOTHING: Found = { values: {}, instrument: null };

/** Values to begin a form with: what the first movie says, then the last session of the same microscope. */
export class Suggestions {
  private readonly context: Context;
  private readonly discovery: Discovery;
  private readonly sessions: () => readonly Session[];
  private readonly known = new Map<number, Found>();

  constructor(context: Context, discovery: Discovery, sessions: () => readonly Session[]) {
    this.context = context;
    this.discovery = discovery;
    this.sessions = sessions;
  }

  async of(session: Session): Promise<Values> {
    if (session.start !== null)
      return named(session.start.parameters, () => true, 'last start of this session');
    const found = await this.foundIn(session);
    const last = await this.lastOfInstrument(session, found.instrument);
    const source = last === null ? '' : `last session of this microscope, ${last.key.session}`;
    const isWanted = (name: string) => isOfInstrument(name) && !isToldOtherwise(name, found.values);
    return { ...named(last?.start?.parameters, isWanted, source), ...found.values };
  }

  /** The session of the same microscope that was started last; null: there is none, or it cannot be told. */
  private async lastOfInstrument(session: Session, instrument: string | null): Promise<Session | null> {
    if (instrument === null) return null;
    const others = this.sessions()
      .filter((other) => other !== session && other.start !== null)
      .sort((a, b) => (a.start!.changedAt < b.start!.changedAt ? 1 : -1))
      .slice(0, MOST_ASKED);
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
      const asked = this.discovery.ask('suggest', { raw: session.paths.raw, movie: first.path });
      const found = await Promise.race([asked, timeout(TIMEOUT_MS)]);
      if (found.instrument !== null) this.known.set(session.id, found);
      return found;
    } catch (error) {
      this.context.logger.warn({ session: session.key, error }, 'no suggestions from the first movie');
      return NOTHING;
    }
  }
}

/** Files and their names are of one session; the rest is of the microscope and of how it is used. */
const isOfInstrument = (name: string): boolean =>
  PARAMETER_TABLE.find((p) => p.name === name)?.group !== 'files';

/** The dose is told in one of two ways: one of this movie and another of the last session would contradict. */
const isToldOtherwise = (name: string, found: Found['values']): boolean =>
  PARAMETER_TABLE.some(
    ({ name: one, insteadOf: other }) =>
      other !== undefined && ((one === name && other in found) || (other === name && one in found)),
  );

const named = (
  values: ParameterValues | undefined,
  isWanted: (name: string) => boolean,
  source: string,
): Values =>
  Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([name, value]) =>
      isWanted(name) ? [[name, { value, source }]] : [],
    ),
  );

const timeout = (ms: number): Promise<never> =>
  new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms).unref();
  });

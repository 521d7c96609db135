import { z } from 'zod';
import { tryParseJsonAs } from '../../base/json.ts';
import type { GainCheck } from '../../contract/gain-check.ts';
import type { ResultRecord } from '../../contract/record.ts';
import { readRecords } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import type { StartFile } from '../lifecycle/start-file.ts';
import type { SessionRef } from '../session-ref.ts';
import { addVote, type GainVote, gainVoteSchema, gainWarningsOf, MAX_VOTES, voteOf } from './votes.ts';

const votesSchema = z.array(gainVoteSchema);

/**
 * Gain checks of the newest movies of a session. They are stored in the ledger, and are also in the records.
 */
export class GainVotes {
  private readonly context: Context;
  private readonly session: SessionRef;
  private votes: readonly GainVote[] = [];

  constructor(context: Context, session: SessionRef) {
    this.context = context;
    this.session = session;
  }

  get all(): readonly GainVote[] {
    return this.votes;
  }

  /** Warnings of the session. */
  get warnings(): readonly string[] {
    return gainWarningsOf(this.votes);
  }

  /** Adds the gain check of a valid record. */
  add(record: ResultRecord): void {
    const vote = voteOf(record);
    if (vote) this.store(addVote(this.votes, vote));
  }

  /** Called after a start: removes checks with another alignment recipe. */
  keepOnly(alignHash: string): void {
    const remaining = this.votes.filter((vote) => vote.alignHash === alignHash);
    if (remaining.length < this.votes.length) this.store(remaining);
  }

  /** Called when a session is loaded: reads the checks from the ledger, or from the newest records. */
  async restore(start: StartFile | null): Promise<void> {
    const { ledger } = this.context;
    const stored = tryParseJsonAs(ledger.getMeta(this.key) ?? '', votesSchema);
    if (stored !== null) {
      this.votes = stored.filter(({ check }) => matchesStart(start, check));
      return;
    }
    const newest = ledger.movieRows.page(this.session.id, 'newest', 'done', null, MAX_VOTES).reverse();
    const records = await readRecords(
      this.session.paths,
      newest.map(({ base }) => base),
    );
    const votes = records.flatMap((record) => (record && voteOf(record)) ?? []);
    this.store(votes.reduce<GainVote[]>(addVote, []));
  }

  private store(votes: readonly GainVote[]): void {
    this.votes = votes;
    this.context.ledger.setMeta(this.key, JSON.stringify(votes));
  }

  private get key(): string {
    return `gain of ${this.session.id}`;
  }
}

/**
 * Whether a check was made with the settings of the start. The service may have ended between writing a start
 * and removing earlier checks.
 */
function matchesStart(start: StartFile | null, { setting }: GainCheck): boolean {
  if (start === null) return true;
  const { gain } = start.recipe;
  const isSame = (key: 'rotate' | 'flip' | 'sense') => gain?.[key] === setting[key];
  return gain !== null && isSame('rotate') && isSame('flip') && isSame('sense');
}

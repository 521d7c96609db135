import { z } from 'zod';
import { tryParseJsonAs } from '../../base/json.ts';
import type { GainCheck, ResultRecord } from '../../contract/record.ts';
import { readRecords } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import type { StartFile } from '../lifecycle/start-file.ts';
import type { SessionRef } from '../session-ref.ts';
import { addVote, type GainVote, gainVoteSchema, gainWarningsOf, MAX_VOTES, voteOf } from './votes.ts';

const votesSchema = z.array(gainVoteSchema);

/**
 * Gain checks of the newest movies of a session. Kept in the ledger across restarts; the records contain them
 * too.
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
  take(record: ResultRecord): void {
    const vote = voteOf(record);
    if (vote) this.keep(addVote(this.votes, vote));
  }

  /** After a start: checks with another alignment recipe do not apply to the present one. */
  keepOnly(alignHash: string): void {
    const kept = this.votes.filter((vote) => vote.alignHash === alignHash);
    if (kept.length < this.votes.length) this.keep(kept);
  }

  /** When a session is loaded: from the ledger, or from its newest records if the ledger has none. */
  async recall(start: StartFile | null): Promise<void> {
    const { ledger } = this.context;
    const kept = tryParseJsonAs(ledger.getMeta(this.key) ?? '', votesSchema);
    if (kept !== null) {
      this.votes = kept.filter(({ check }) => isOfStart(start, check));
      return;
    }
    const newest = ledger.movieRows.page(this.session.id, 'newest', 'done', null, MAX_VOTES).reverse();
    const records = await readRecords(
      this.session.paths,
      newest.map(({ base }) => base),
    );
    const votes = records.flatMap((record) => (record && voteOf(record)) ?? []);
    this.keep(votes.reduce<GainVote[]>(addVote, []));
  }

  private keep(votes: readonly GainVote[]): void {
    this.votes = votes;
    this.context.ledger.setMeta(this.key, JSON.stringify(votes));
  }

  private get key(): string {
    return `gain of ${this.session.id}`;
  }
}

/** The service may have ended between writing a start and removing the checks of the previous one. */
function isOfStart(start: StartFile | null, { setting }: GainCheck): boolean {
  if (start === null) return true;
  const { gain } = start.recipe;
  const isSame = (key: 'rotate' | 'flip' | 'sense') => gain?.[key] === setting[key];
  return gain !== null && isSame('rotate') && isSame('flip') && isSame('sense');
}

import { z } from 'zod';
import { tryParseJson } from '../../base/json.ts';
import type { GainCheck, ResultRecord } from '../../contract/record.ts';
import { readRecord } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import { addVote, type GainVote, gainVoteSchema, MOST_VOTES, voteOf } from './votes.ts';

const keyOf = (session: Session): string => `gain of ${session.id}`;

/** Takes in what a record that counts says of the gain. */
export function noteGainCheck(context: Context, session: Session, record: ResultRecord): void {
  const vote = voteOf(record);
  if (vote) keepVotes(context, session, addVote(session.gainVotes, vote));
}

/** After a start: votes under another alignment say nothing of the present one. */
export function forgetOtherVotes(context: Context, session: Session, alignHash: string): void {
  const kept = session.gainVotes.filter((vote) => vote.alignHash === alignHash);
  if (kept.length < session.gainVotes.length) keepVotes(context, session, kept);
}

function keepVotes({ ledger }: Context, session: Session, votes: readonly GainVote[]): void {
  session.gainVotes = votes;
  ledger.setMeta(keyOf(session), JSON.stringify(votes));
}

/** The service may have died between writing a start and forgetting what was said under the one before. */
function isOfStart({ start }: Session, { setting }: GainCheck): boolean {
  if (start === null) return true;
  const { gain } = start.recipe;
  return gain !== null && gain.rotate === setting.rotate && gain.flip === setting.flip;
}

/** When a session is met again: from the ledger, or from its newest records where the ledger knows of none. */
export async function recallVotes(context: Context, session: Session): Promise<void> {
  const kept = z.array(gainVoteSchema).safeParse(tryParseJson(context.ledger.getMeta(keyOf(session)) ?? ''));
  if (kept.success) {
    session.gainVotes = kept.data.filter(({ check }) => isOfStart(session, check));
    return;
  }
  const newest = context.ledger.movieRows.page(session.id, 'newest', 'done', null, MOST_VOTES).reverse();
  const records = await Promise.all(newest.map(({ base }) => readRecord(session.paths.processed, base)));
  const votes = records.flatMap((record) => (record && voteOf(record)) ?? []);
  keepVotes(context, session, votes.reduce<GainVote[]>(addVote, []));
}

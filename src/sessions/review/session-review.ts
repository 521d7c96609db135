import type { FailureCauses, MoviePage, SessionKey } from '../../contract/api.ts';
import type { ReviewChange } from '../../contract/review.ts';
import type { Context } from '../context.ts';
import type { Registry } from '../loading/registry.ts';
import { pageOf } from '../queries/page.ts';
import type { FailureQuery, SessionReview } from '../service.ts';

type Cause = FailureCauses[number];

/** Review of finished movies and failures. */
export class Review implements SessionReview {
  private readonly context: Context;
  private readonly registry: Registry;

  constructor(context: Context, registry: Registry) {
    this.context = context;
    this.registry = registry;
  }

  async decide(key: SessionKey, bases: readonly string[], change: ReviewChange, by: string): Promise<number> {
    const session = await this.registry.findOrThrow(key);
    await session.owner.assertNotOwnedElsewhere();
    return session.reviews.decide(bases, change, by);
  }

  async failureCauses(key: SessionKey): Promise<FailureCauses> {
    const { id } = await this.registry.findOrThrow(key);
    const causes = new Map<Cause['code'], Cause>();
    for (const { code, aside, count } of this.context.ledger.movieRows.causes(id)) {
      const cause = causes.get(code) ?? { code, count: 0, aside: 0 };
      cause[aside ? 'aside' : 'count'] += count;
      causes.set(code, cause);
    }
    return [...causes.values()].sort((a, b) => b.count - a.count || b.aside - a.aside);
  }

  async failures(key: SessionKey, query: FailureQuery): Promise<MoviePage> {
    const { id } = await this.registry.findOrThrow(key);
    const { code, aside } = query;
    return pageOf(query, (cursor, limit) =>
      this.context.ledger.movieRows.failures(id, code, aside, cursor, limit),
    );
  }
}

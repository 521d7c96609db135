import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { Mutex } from '../base/mutex.ts';
import { CodedError } from '../contract/errors.ts';

/**
 * Responses that take many milliseconds of the main thread are made one at a time, with other requests in
 * between, and not at all if the client has disconnected meanwhile.
 */
export class HeavyResponses {
  readonly #mutex = new Mutex();

  make<Value>(reply: FastifyReply, work: () => Promise<Value>): Promise<Value> {
    return this.#mutex.run(async () => {
      await nextTurn();
      if (reply.raw.destroyed) throw new CodedError('BAD_REQUEST', 'The client has disconnected.');
      return work();
    });
  }
}

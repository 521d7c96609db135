import { FakeExecutor } from './fake-executor.ts';
import { describeService } from './service-conformance.ts';
import { KEY, until, VALUES, World } from './support.ts';

const isFifth = (base: string) => (Number(base.slice(-4)) + 1) % 5 === 0;

describeService('over a ledger and a scheduler', async () => {
  const world = new World();
  const executor = new FakeExecutor();
  executor.fate = ({ base }) => (isFifth(base) ? 'MOVIE_TRUNCATED' : 'ok');
  world.movies(25);
  world.set('batches', { cycleSize: 25 });
  const service = await world.serve(executor);
  await service.commands.start(KEY, VALUES);
  await until('all is done', async () => (await service.queries.find(KEY))?.state === 'processing_complete');
  executor.fate = () => 'hang';
  const [row] = (await service.queries.movies(KEY, { limit: 1, order: 'oldest' })).movies;
  return {
    service,
    key: KEY,
    touch: async () => {
      await service.review.decide(KEY, [row!.base], { verdict: 'accepted' }, 'somebody');
    },
    close: () => world.close(),
  };
});

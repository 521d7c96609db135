import { extname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { CodedError } from '../contract/errors.ts';
import { previewSchema, trialResponseSchema } from '../contract/preview.ts';
import { checkName, keyOf, sessionParams } from './names.ts';
import { parametersShape, partialValues, startValues } from './parameters.ts';
import type { RouteContext } from './ports.ts';
import { PICTURE_TYPES, sendOutput } from './send-file.ts';
import { refusals, SESSION } from './session-route.ts';
import { untilDisconnected } from './until-disconnected.ts';

const tags = ['start'];

const previewQuery = parametersShape.extend({
  for: z
    .enum(['start', 'resume'])
    .default('start')
    .describe('start: values that are not given are taken from the config file'),
});
const trialPictureParams = sessionParams.extend({ id: z.string(), role: z.string() });

/** Before a start: a preview of its effects, contradictions, and a trial on one movie. */
export function registerTrialRoutes(
  instance: FastifyInstance,
  { trials, parameterDefaults }: Pick<RouteContext, 'trials' | 'parameterDefaults'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    `${SESSION}/preview`,
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Preview: what a start with these parameters would do, and contradictions; changes nothing',
        params: sessionParams,
        querystring: previewQuery,
        response: { 200: previewSchema, ...refusals },
      },
    },
    async (request, reply) => {
      // A resume continues with the parameters of the session, not with those of the config file.
      const defaults = request.query.for === 'resume' ? {} : parameterDefaults;
      const { values, isComplete } = partialValues(request, defaults);
      return trials.preview(keyOf(request.params), values, isComplete, untilDisconnected(reply));
    },
  );

  app.post(
    `${SESSION}/trial`,
    {
      config: { access: 'change' },
      schema: {
        tags,
        summary: 'Try parameters on one movie, separately from the session; stops an earlier trial',
        params: sessionParams,
        querystring: z.object({
          base: z.string().optional().describe('name of the movie; default: the newest complete movie'),
        }),
        body: parametersShape.nullish(),
        response: { 200: trialResponseSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const { base } = request.query;
      const values = startValues(request, reply, parameterDefaults);
      const movie = base === undefined ? null : checkName(base, 'base');
      return { trial: await trials.begin(keyOf(request.params), values, movie) };
    },
  );

  app.get(
    `${SESSION}/trial`,
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'The last trial; null if there is none',
        params: sessionParams,
        response: { 200: trialResponseSchema, ...refusals },
      },
    },
    async (request) => ({ trial: await trials.last(keyOf(request.params)) }),
  );

  app.post(
    `${SESSION}/trial/cancel`,
    {
      config: { access: 'change' },
      schema: {
        tags,
        summary: 'Cancel the running trial',
        params: sessionParams,
        response: { 200: trialResponseSchema, ...refusals },
      },
    },
    async (request) => ({ trial: await trials.cancel(keyOf(request.params)) }),
  );

  app.get(
    `${SESSION}/trial/:id/pictures/:role`,
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'A picture of a trial',
        params: trialPictureParams,
        response: { ...refusals, 304: z.undefined().describe('The picture has not changed.') },
      },
    },
    async (request, reply) => {
      const { id, role } = request.params;
      const path = await trials.picturePath(
        keyOf(request.params),
        checkName(id, 'id'),
        checkName(role, 'role'),
      );
      const type = PICTURE_TYPES[extname(path)];
      if (!type) throw new CodedError('NO_SUCH_PICTURE', '');
      reply.header('cache-control', 'private, max-age=86400');
      return sendOutput(reply, path, type);
    },
  );
}

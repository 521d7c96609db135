import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errorBodySchema, missionListSchema, missionStatusSchema, type SessionKey } from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';
import { actorOf } from './actor.ts';
import { checkName, missionKeyOf, missionSessionParams, missionUserParams } from './names.ts';
import { changedValues, parametersShape, startValues } from './parameters.ts';
import type { RouteContext } from './ports.ts';

const METHODS = ['GET', 'POST'] as const;
const SESSION_URL = '/:project_id/:user/session/:session_id';
const tags = ['compatibility'];
const tokenQuery = z.looseObject({
  access_token: z.any().optional().meta({ type: 'string', description: 'The token.' }),
});
const refusals = { 403: errorBodySchema, 422: errorBodySchema };
const sessionAnswers = {
  200: missionStatusSchema,
  404: z.union([missionStatusSchema, errorBodySchema]).describe('state no_such_session, or an invalid name'),
  409: errorBodySchema,
  ...refusals,
};

/**
 * The five compatibility routes, with the predecessor's paths, by GET and by POST. For a session that does
 * not exist, all of its routes answer with the same six fields, the state `no_such_session` and status 404.
 */
export function registerMissionRoutes(
  instance: FastifyInstance,
  { queries, commands, parameterDefaults }: Pick<RouteContext, 'queries' | 'commands' | 'parameterDefaults'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  const answerStatus = async (key: SessionKey, reply: FastifyReply) => {
    const status = await queries.missionStatus(key);
    reply.code(status.state === 'no_such_session' ? 404 : 200);
    return status;
  };

  type Action = (key: SessionKey, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
  const actions: Record<string, { summary: string; act: Action }> = {
    'start-processing': {
      summary: 'Start or resume processing with these parameters',
      act: (key, request, reply) =>
        commands.start(key, startValues(request, reply, parameterDefaults), actorOf(request)),
    },
    'stop-processing': {
      summary: 'Stop processing',
      act: (key, request) => commands.stop(key, actorOf(request)),
    },
    'resume-processing': {
      summary: 'Resume with the parameters of the last start; given parameters replace them',
      act: (key, request, reply) => commands.resume(key, changedValues(request, reply), actorOf(request)),
    },
  };

  for (const method of METHODS) {
    const bodyOf = (schema: z.ZodType) => (method === 'POST' ? { body: schema.nullish() } : {});

    app.route({
      method,
      url: '/:project_id/:user/sessions',
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Sessions of a user with their states',
        params: missionUserParams,
        querystring: tokenQuery,
        ...bodyOf(tokenQuery),
        response: { 200: missionListSchema, 404: errorBodySchema, ...refusals },
      },
      handler: async (request) => {
        const project = checkName(request.params.project_id, 'project_id');
        const user = checkName(request.params.user, 'user');
        const found = await queries.list(project, user);
        return Promise.all(
          found.map(async ({ session }) => ({
            session,
            ...(await queries.missionStatus({ project, user, session })),
          })),
        );
      },
    });

    app.route({
      method,
      url: SESSION_URL,
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Status of a session',
        params: missionSessionParams,
        querystring: tokenQuery,
        ...bodyOf(tokenQuery),
        response: sessionAnswers,
      },
      handler: async (request, reply) => answerStatus(missionKeyOf(request.params), reply),
    });

    for (const [name, { summary, act }] of Object.entries(actions)) {
      const shape = name === 'stop-processing' ? tokenQuery : parametersShape.extend(tokenQuery.shape);
      app.route({
        method,
        url: `${SESSION_URL}/${name}`,
        config: { access: 'change' },
        schema: {
          tags,
          summary,
          params: missionSessionParams,
          querystring: shape,
          ...bodyOf(shape),
          response: sessionAnswers,
        },
        handler: async (request, reply) => {
          const key = missionKeyOf(request.params);
          try {
            await act(key, request, reply);
          } catch (error) {
            const isMissing = error instanceof CodedError && error.code === 'NO_SUCH_SESSION';
            if (!isMissing) throw error;
          }
          return answerStatus(key, reply);
        },
      });
    }
  }
}

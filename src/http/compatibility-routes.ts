import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  compatibilityActionSchema,
  compatibilityListSchema,
  compatibilityStatusSchema,
  errorBodySchema,
  NO_SUCH_SESSION,
  type SessionKey,
} from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';
import { actorOf } from './actor.ts';
import {
  checkName,
  compatibilityKeyOf,
  compatibilitySessionParams,
  compatibilityUserParams,
} from './names.ts';
import { changedValues, parametersShape, startValues } from './parameters.ts';
import type { RouteContext } from './ports.ts';

const METHODS = ['GET', 'POST'] as const;
const SESSION_URL = '/:project_id/:user/session/:session_id';
const tags = ['compatibility'];
const tokenQuery = z.looseObject({
  access_token: z.any().optional().meta({ type: 'string', description: 'The token.' }),
});
const refusals = {
  403: errorBodySchema,
  404: errorBodySchema.describe('an invalid name'),
  422: errorBodySchema,
};

/**
 * The five compatibility routes, with the predecessor's paths and responses, by GET and by POST. As in the
 * predecessor, which uses FastAPI, a POST may have its parameters in the query. For a session that does not
 * exist, the status is 200, the state `no_such_session`, and the numbers are zeros, because clients of the
 * predecessor read the state.
 */
export function registerCompatibilityRoutes(
  instance: FastifyInstance,
  { queries, commands, parameterDefaults }: Pick<RouteContext, 'queries' | 'commands' | 'parameterDefaults'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

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
        params: compatibilityUserParams,
        querystring: tokenQuery,
        ...bodyOf(tokenQuery),
        response: { 200: compatibilityListSchema, ...refusals },
      },
      handler: async (request) => {
        const project = checkName(request.params.project_id, 'project_id');
        const user = checkName(request.params.user, 'user');
        const sessions = await queries.list(project, user);
        const statusOf = async ({ session }: SessionKey) => {
          const status = await queries.compatibilityStatus({ project, user, session });
          return { session_id: session, session, ...status };
        };
        return { sessions: await Promise.all(sessions.map(statusOf)) };
      },
    });

    app.route({
      method,
      url: SESSION_URL,
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Status of a session',
        params: compatibilitySessionParams,
        querystring: tokenQuery,
        ...bodyOf(tokenQuery),
        response: { 200: compatibilityStatusSchema, ...refusals },
      },
      handler: async (request) => queries.compatibilityStatus(compatibilityKeyOf(request.params)),
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
          params: compatibilitySessionParams,
          querystring: shape,
          ...bodyOf(shape),
          response: { 200: compatibilityActionSchema, 409: errorBodySchema, ...refusals },
        },
        handler: async (request, reply) => {
          const key = compatibilityKeyOf(request.params);
          const sessionExists = await didFindSession(act(key, request, reply));
          const status = await queries.compatibilityStatus(key);
          return { ...status, ...(sessionExists ? { result: 'ok' as const } : { results: NO_SUCH_SESSION }) };
        },
      });
    }
  }
}

/** Whether an action found its session. @throws every other error of the action */
async function didFindSession(action: Promise<unknown>): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    if (error instanceof CodedError && error.code === 'NO_SUCH_SESSION') return false;
    throw error;
  }
}

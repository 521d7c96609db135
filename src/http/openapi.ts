import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';

/**
 * Id of a route, such as `get_api_v1_sessions_project_user_session`. Generated clients use it as the name of
 * the function.
 */
const operationIdOf = (method: string, path: string) =>
  [method.toLowerCase(), ...path.split(/\W+/).filter(Boolean)].join('_').replaceAll('-', '_');

const DOCUMENT_URL = '/docs/json';
const DESCRIPTION = `\`/api/v1\` is for the web page and for new clients. The compatibility routes have the paths and fields of the service's predecessor.

Routes marked with a lock require the token from the config file: as \`access_token\` in the query, in a form, in a JSON
body or as a header, or as \`Authorization: Bearer\`. Times are ISO 8601 in UTC; field names contain their units.`;

/**
 * The API document, generated from the schemas of the routes, and its page at `/docs`, which loads
 * nothing from other hosts.
 */
export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  app.addHook('onRoute', (route) => {
    if (!route.schema || typeof route.method !== 'string') return;
    route.schema = { ...route.schema, operationId: operationIdOf(route.method, route.url) };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'CryoEM Service', description: DESCRIPTION, version },
      components: {
        securitySchemes: {
          query: { type: 'apiKey', in: 'query', name: 'access_token' },
          header: { type: 'apiKey', in: 'header', name: 'access_token' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ query: [] }, { header: [] }, { bearer: [] }],
    },
    transform: createJsonSchemaTransform({}),
  });
  let documentText: Buffer | null = null;
  // Swagger UI's own route would serialise the document for each request. The document needs no token.
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url !== DOCUMENT_URL) return;
    documentText ??= Buffer.from(JSON.stringify(app.swagger()));
    return reply.type('application/json; charset=utf-8').send(documentText);
  });
  // By default, the page of Swagger UI sends the document to an online validator.
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { validatorUrl: null } as object });
}

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { httpUrl } from '../base/host-port.ts';
import { CodedError } from '../contract/errors.ts';
import type { ParameterValues } from '../contract/parameters.ts';
import type { ApiSettings } from '../contract/settings.ts';
import type { SessionService } from '../sessions/service.ts';
import { registerActionRoutes } from './action-routes.ts';
import { createAttemptLimit } from './attempt-limit.ts';
import { Auth, acceptCookies } from './auth.ts';
import { acceptFormsAndJson, MAX_BODY_BYTES } from './bodies.ts';
import { registerCompatibilityRoutes } from './compatibility-routes.ts';
import { limitConnections } from './connection-limit.ts';
import { handleError } from './errors.ts';
import { registerEventRoutes } from './event-routes.ts';
import { registerFacilityRoutes } from './facility-routes.ts';
import { registerFailureRoutes } from './failure-routes.ts';
import { registerGridRoutes } from './grid-routes.ts';
import { guardRoutes } from './guard.ts';
import { registerHealth } from './health.ts';
import { HeavyResponses } from './heavy-responses.ts';
import { LoginKeys, registerLogin } from './login.ts';
import { Logins } from './logins.ts';
import { createMetrics, registerMetrics } from './metrics.ts';
import { registerOpenApi } from './openapi.ts';
import { registerOutputRoutes } from './output-routes.ts';
import { handleUnknownRoute, registerPage } from './page.ts';
import { limitPipelining } from './pipelining.ts';
import type { RouteContext } from './ports.ts';
import { createRedactor, redactedLogger } from './redact.ts';
import { logRequests } from './request-log.ts';
import { registerReviewRoutes } from './review-routes.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { registerSendFile } from './send-file.ts';
import { registerSessionRoutes } from './session-routes.ts';
import { registerTileRoutes } from './tile-routes.ts';
import { registerTrialRoutes } from './trial-routes.ts';

export interface HttpServerOptions {
  readonly api: ApiSettings;
  readonly sessions: SessionService;
  readonly version: string;
  readonly logger?: FastifyBaseLogger | undefined;
  /** Directory of the built page. */
  readonly webRoot?: string | undefined;
  readonly parameterDefaults?: Partial<ParameterValues> | undefined;
  /** File of the logins that were ended; default: they are ended for this process only. */
  readonly endedLogins?: string | undefined;
}

export interface HttpServer {
  /** For tests: `app.inject`. */
  readonly app: FastifyInstance;
  /** Starts to listen. Resolves to the address to show to users, such as `http://127.0.0.1:8112`. */
  listen(): Promise<string>;
  /** Path with a login key, valid once and for ten minutes. */
  createLoginLink(): string;
  /** Ends live streams, completes running requests, then closes. */
  close(): Promise<void>;
}

/** A name in a path has at most 255 bytes, each of them three characters when URL-encoded. */
const MAX_PARAMETER_CHARACTERS = 3 * 255;
/** Time limit for receiving a request with its body; the longest is a large review over a slow connection. */
const REQUEST_TIMEOUT_MS = 120_000;

export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { api, sessions, version } = options;
  const keys = new LoginKeys();
  const redact = createRedactor(api.token);
  const { queries, commands, review, trials, events } = sessions;
  const parameterDefaults = options.parameterDefaults ?? {};
  const heavyResponses = new HeavyResponses();
  const context: RouteContext = {
    queries,
    commands,
    review,
    trials,
    events,
    parameterDefaults,
    heavyResponses,
  };

  const app: FastifyInstance = Fastify({
    ...(options.logger ? { loggerInstance: redactedLogger(options.logger, redact) } : { logger: false }),
    // `logRequests` writes the log lines instead, without queries.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A reverse proxy on this machine gives the client's address and protocol.
    trustProxy: 'loopback',
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: MAX_PARAMETER_CHARACTERS },
    // A path that is not correctly encoded cannot be a name.
    frameworkErrors: (error, request, reply) =>
      handleError(error.code === 'FST_ERR_BAD_URL' ? new CodedError('BAD_NAME', '') : error, request, reply),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  const webRoot = options.webRoot !== undefined && existsSync(options.webRoot) ? options.webRoot : null;
  app.setNotFoundHandler(handleUnknownRoute(webRoot));
  limitConnections(app.server);
  limitPipelining(app);
  await addSecurityHeaders(app);
  await acceptCookies(app, api.token);
  await acceptFormsAndJson(app);
  await registerSendFile(app);
  const logins = new Logins(options.endedLogins ?? null);
  const auth = new Auth({ token: api.token, limit: await createAttemptLimit(app), logins });
  const { registry, requests } = createMetrics(queries);
  logRequests(app, requests, redact);

  await registerOpenApi(app, version);
  registerHealth(app, sessions, auth);
  registerLogin(app, { auth, keys, version });
  await app.register(async (guarded) => {
    guardRoutes(guarded, auth);
    registerCompatibilityRoutes(guarded, context);
    registerFacilityRoutes(guarded, context);
    registerSessionRoutes(guarded, context);
    registerTrialRoutes(guarded, context);
    registerActionRoutes(guarded, context);
    registerReviewRoutes(guarded, context);
    registerFailureRoutes(guarded, context);
    registerGridRoutes(guarded, context);
    registerOutputRoutes(guarded, context);
    registerTileRoutes(guarded, context);
    registerEventRoutes(guarded, { ...context, auth });
    registerMetrics(guarded, registry);
  });
  if (webRoot !== null) await registerPage(app, webRoot);
  await app.ready();

  return {
    app,
    async listen() {
      await app.listen({ host: api.host, port: api.port });
      const boundAddress = app.server.address();
      const port = boundAddress !== null && typeof boundAddress === 'object' ? boundAddress.port : api.port;
      // A browser cannot open "all addresses".
      return httpUrl(api.host, port, hostname());
    },
    createLoginLink: () => `/login?key=${keys.create()}`,
    close: () => app.close(),
  };
}

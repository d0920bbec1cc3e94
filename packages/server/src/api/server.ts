import { type Clock, GantryError, type Random } from '@gantry/sdk/model';
import { fastify, LogController } from 'fastify';
import { stdTimeFunctions } from 'pino';
import { SecretBox } from '../secrets/secret-box.ts';
import type { SecretKey } from '../secrets/secret-keys.ts';
import { SecretLookup } from '../secrets/secret-lookup.ts';
import type { SecretSource } from '../secrets/secret-source.ts';
import type { Database } from '../store/database.ts';
import { readDeployment } from '../store/read-deployment.ts';
import { PasswordSignIn } from './accounts/password-sign-in.ts';
import { answerHeaders } from './answer-headers.ts';
import { authenticate, mayGoOn, requirePermissions } from './authentication.ts';
import { limitBodyDepth } from './body-depth.ts';
import { limitConnections } from './connection-limit.ts';
import { errorAnswer } from './error-answer.ts';
import { ClaimCredential } from './execution/claim-credential.ts';
import { Claims } from './execution/claims.ts';
import { executionRoutes } from './execution/execution-routes.ts';
import { Heartbeats } from './execution/heartbeats.ts';
import { Logs } from './execution/logs.ts';
import { Reports } from './execution/reports.ts';
import { StoredCode } from './execution/stored-code.ts';
import type { OidcOptions } from './oidc/oidc-options.ts';
import { collectOpenApi, openApiRoute } from './open-api.ts';
import { API_DEFAULTS, type ApiOptions } from './options.ts';
import { pageRoutes } from './page/page-routes.ts';
import type { PodPlaceOf, VerifyPodToken } from './pod-identity.ts';
import { type LogSink, redactingSink } from './redacting-sink.ts';
import { RequestRates } from './request-rates.ts';
import { OpenStreams } from './rest/open-streams.ts';
import { ProgressHints } from './rest/progress-hints.ts';
import type { ManualInterval, PodOfShape, RunsBetween } from './rest/rest-parts.ts';
import { restRoutes } from './rest/rest-routes.ts';
import type { Routes } from './routes.ts';
import { sessionCookie } from './sessions/session-cookie.ts';
import { watchUnusedConnections } from './unused-connections.ts';
import { compileValidator, validationSentence } from './validation.ts';

/** What main composes the API server of. */
export interface ApiParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly options: Partial<ApiOptions>;
  readonly verifyPodToken: VerifyPodToken;
  readonly podPlaceOf: PodPlaceOf;
  readonly manualInterval: ManualInterval;
  readonly runsBetween: RunsBetween;
  readonly podOfShape: PodOfShape;
  /** Under which secrets are sealed; none: they are stored as they are. */
  readonly secretKeys?: readonly SecretKey[];
  /** What is asked before the database, in order. */
  readonly secretSources?: readonly SecretSource[];
  readonly version: string;
  /** The provider that people may sign in by. */
  readonly oidc?: OidcOptions | null;
  /** Where the built web page is; this server has none when it is not given. */
  readonly pageFolder?: string;
  /** Where JSON log lines go; standard error when not given. */
  readonly logSink?: LogSink;
}

/** What a sender may ask at once, in seconds of its rate. */
const BURST_SECONDS = 4;

export interface ApiServer {
  readonly app: Routes;
  /** Answers the URL without path. Port 0 takes a free one. Throws `port_in_use`. */
  listen(host: string, port: number): Promise<string>;
  /** Ends after the requests under way, or after `shutdownSeconds`. */
  close(): Promise<void>;
}

/** Builds the server with every route; a route without a declared permission throws here. */
export async function createApiServer(parts: ApiParts): Promise<ApiServer> {
  const options = { ...API_DEFAULTS, ...parts.options };
  const { claimKey } = await readDeployment(parts.database);
  const cookie = sessionCookie(options.baseUrl);
  const app = buildApp(parts, options);
  limitConnections(app.server, options.connectionsPerAddress);
  const authentication = { database: parts.database, cookie, options, rates: senderRates(options, parts.clock) };
  authenticate(app, authentication);
  const endUnused = watchUnusedConnections(app.server);
  const closing = new AbortController();
  const hints = new ProgressHints(parts.database);
  app.addHook('preClose', async () => closing.abort());
  app.addHook('onClose', () => hints.close());
  await collectOpenApi(app, parts.version);
  const code = new StoredCode(parts.database);
  const signIn = new PasswordSignIn(parts.database);
  const box = new SecretBox(parts.secretKeys ?? [], parts.random);
  const lookup = new SecretLookup(box, parts.secretSources ?? [], options.sensitiveNames);
  registerExecution(app, parts, { options, claimKey, code, lookup });
  const streams = new OpenStreams(closing.signal, (request) => mayGoOn(authentication, request));
  const { oidc = null } = parts;
  restRoutes(app, { ...parts, options, code, box, lookup, streams, cookie, signIn, oidc, claimKey }, hints);
  openApiRoute(app);
  pageRoutes(app, parts.random, parts.pageFolder ?? null);
  await app.ready();
  return {
    app,
    listen: (host, port) => listen(app, host, port),
    close: () => close(app, endUnused, options.shutdownSeconds),
  };
}

function buildApp({ random, logSink = process.stderr }: ApiParts, options: ApiOptions): Routes {
  const app: Routes = fastify({
    bodyLimit: options.bodyLimitBytes,
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    exposeHeadRoutes: false,
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    routerOptions: { maxParamLength: 1000 },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => random.uuid(),
    // How often Node looks for requests that are too slow.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2000, maxHeaderSize: 16 * 1024 },
    logger: {
      level: options.logLevel,
      base: { name: 'api-server' },
      timestamp: stdTimeFunctions.isoTime,
      stream: redactingSink(logSink),
    },
    schemaErrorFormatter: validationSentence,
  });
  // A form on another site can send text, but no JSON.
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(compileValidator);
  app.setErrorHandler((error, request, reply) => {
    const { status, code, detail } = errorAnswer(error, request.id);
    if (status >= 500) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      const route = `${request.method} ${request.routeOptions.url ?? ''}`;
      request.log.error({ errorId: request.id, route, stack }, `${route}: ${message}`);
    }
    return reply.code(status).send({ code, detail });
  });
  answerHeaders(app, options.baseUrl);
  limitBodyDepth(app);
  requirePermissions(app);
  return app;
}

interface ExecutionMeans {
  readonly options: ApiOptions;
  readonly claimKey: string;
  readonly code: StoredCode;
  readonly lookup: SecretLookup;
}

/** Null: no limit. */
function senderRates({ requestsPerSecond: perSecond }: ApiOptions, clock: Clock): RequestRates | null {
  return perSecond === 0 ? null : new RequestRates({ perSecond, burst: perSecond * BURST_SECONDS }, clock);
}

function registerExecution(app: Routes, parts: ApiParts, { options, claimKey, code, lookup }: ExecutionMeans): void {
  const { database, clock, verifyPodToken, podPlaceOf } = parts;
  executionRoutes(app, {
    database,
    options,
    code,
    lookup,
    credential: new ClaimCredential(claimKey, verifyPodToken, clock),
    claims: new Claims({ database, claimKey, podPlaceOf, code, options }),
    heartbeats: new Heartbeats(database, options.leaseSeconds, clock),
    logs: new Logs(database),
    reports: new Reports(database, options.xcomLimitBytes),
  });
}

async function listen(app: Routes, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EADDRINUSE') throw error;
    throw new GantryError('port_in_use', `The port ${port} of ${host} is taken by another process.`, { cause: error });
  }
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}

/** Kept-alive connections end as they fall idle; what still runs after the grace is cut, and repeated elsewhere. */
async function close(app: Routes, endUnused: () => void, shutdownSeconds: number): Promise<void> {
  const idle = setInterval(() => {
    endUnused();
    app.server.closeIdleConnections();
  }, 50);
  const cut = setTimeout(() => app.server.closeAllConnections(), shutdownSeconds * 1000);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(cut);
  }
}

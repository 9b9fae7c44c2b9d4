import { randomUUID } from 'node:crypto'
import swagger from '@fastify/swagger'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { acceptJsonOnly } from './accept-json-only.ts'
import { answerMalformedRequest } from './answer-malformed-request.ts'
import { checkReadiness, type ReadinessCheck } from './check-readiness.ts'
import { compileValidator } from './compile-validator.ts'
import type { ServiceConfig } from './config.ts'
import { createOpenapiOptions } from './create-openapi-options.ts'
import { endUnreadAnswers } from './end-unread-answers.ts'
import { ExpectedError } from './errors.ts'
import { limitConnections } from './limit-connections.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { observeRequests } from './observe-requests.ts'
import { rethrowUnavailable } from './postgres.ts'
import { asFrameworkError, toProblem } from './problem.ts'
import { withTrace } from './trace.ts'
import { trackUnusedConnections } from './track-unused-connections.ts'

/** The Fastify instance that routes are written against. */
export type ServiceApp = ReturnType<typeof createApp>

type Options = {
  name: string
  config: ServiceConfig
  log: Log
  metrics: Metrics
  readiness?: ReadinessCheck[]
  /** Whether callers authenticate with `Authorization: Bearer`; only affects the OpenAPI description. */
  acceptsBearer?: boolean
  /** Bytes; a larger body is answered with 413. */
  bodyLimit?: number
  /** How long a client may take to send a request, 2 minutes by default: the largest body over a slow line. */
  receiveTimeoutMs?: number | undefined
  routes: (app: ServiceApp) => Promise<void> | void
  /** Closes what the service opened; called after the last request has ended. */
  onClose?: () => Promise<void>
}

/**
 * Builds a service with probes (`/livez`, `/readyz`), RFC 9457 problems, RED metrics on a second port, OpenAPI at
 * `/openapi.json`, W3C traces and a graceful shutdown: not ready → drain → close → the service's own resources.
 */
export async function buildService(options: Options) {
  const { name, config, log, metrics } = options
  const state = { isDraining: false }
  const app = createApp(options)
  await app.register(
    swagger,
    createOpenapiOptions({
      name,
      version: config.SERVICE_VERSION,
      acceptsBearer: options.acceptsBearer ?? false,
    }),
  )
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      new ExpectedError(
        'missing',
        'NO_SUCH_ROUTE',
        `${request.method} ${request.url.split('?')[0]} does not exist.`,
      ),
      request,
      reply,
    ),
  )
  app.addHook('onRequest', (request, _reply, done) => withTrace(traceparentOf(request), done))
  // A kept-alive connection that is busy while we close would keep the process alive until its client closes it.
  app.addHook('onSend', async (_request, reply) => {
    if (state.isDraining) reply.header('connection', 'close')
  })
  observeRequests(app, metrics)
  app.get('/livez', { schema: { hide: true } }, async () => ({ status: 'ok' }))
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const { isReady, checks } = await checkReadiness(options.readiness ?? [], state.isDraining)
    return reply.status(isReady ? 200 : 503).send({ status: isReady ? 'ok' : 'unready', checks })
  })
  await options.routes(app)
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  endUnreadAnswers(app.server)
  const endUnused = trackUnusedConnections(app.server)
  app.addHook('preClose', async () => endUnused())
  const metricsApp = createMetricsApp(metrics)

  return {
    app,
    log,
    /** Listens on both ports; resolves with the addresses. */
    async start() {
      const address = await app.listen({ host: config.HOST, port: config.PORT })
      const metricsAddress = await metricsApp.listen({ host: config.HOST, port: config.METRICS_PORT })
      log.info({ address, metricsAddress }, 'service started')
      return { address, metricsAddress }
    },
    async stop() {
      state.isDraining = true
      await new Promise(resolve => setTimeout(resolve, config.DRAIN_SECONDS * 1000))
      await app.close()
      await metricsApp.close()
      await options.onClose?.()
      log.info('service stopped')
    },
  }
}
export type Service = Awaited<ReturnType<typeof buildService>>

function createApp({ config, log, bodyLimit = 1_048_576, receiveTimeoutMs = 120_000 }: Options) {
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    trustProxy: config.TRUSTED_PROXIES.split(',').filter(Boolean),
    genReqId: () => randomUUID(),
    // A URL that cannot be decoded never reaches a route or its error handler.
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply),
    clientErrorHandler: answerMalformedRequest,
    requestTimeout: receiveTimeoutMs,
    // The defaults of Node, which must not exceed the timeout of the whole request.
    http: {
      headersTimeout: Math.min(receiveTimeoutMs, 60_000),
      connectionsCheckingInterval: Math.min(receiveTimeoutMs, 30_000),
    },
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>()
  acceptJsonOnly(app)
  limitConnections(app)
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(serializerCompiler)
  return app
}

function createMetricsApp(metrics: Metrics) {
  const app = Fastify({ logger: false, forceCloseConnections: true })
  app.get('/metrics', async (_request, reply) => {
    reply.header('content-type', metrics.registry.contentType)
    return metrics.registry.metrics()
  })
  return app
}

function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply) {
  const error = classifyError(thrown)
  const problem = toProblem(error, { maxBytes: request.routeOptions.bodyLimit })
  if (error instanceof ExpectedError && error.retryAfterSeconds !== undefined)
    reply.header('retry-after', String(Math.ceil(error.retryAfterSeconds)))
  if (problem.status >= 500)
    request.log.error({ err: error, route: request.routeOptions.url }, 'request failed')
  return reply.status(problem.status).header('content-type', 'application/problem+json').send(problem)
}

function classifyError(error: unknown): unknown {
  // An aborted upload and a lost database have the same code, ECONNRESET.
  if (asFrameworkError(error)) return error
  try {
    return rethrowUnavailable(error)
  } catch (classified) {
    return classified
  }
}

function traceparentOf(request: FastifyRequest): string | undefined {
  const header = request.headers.traceparent
  return typeof header === 'string' ? header : undefined
}

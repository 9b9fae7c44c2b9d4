import { createHash, randomUUID } from 'node:crypto'
import type { Log } from '@goalixa/chassis/log'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { authenticate } from './authenticate.ts'
import { GithubError, notFound } from './github-error.ts'
import type { RateLimit } from './rate-limit.ts'

type Deps = { log: Log; tokens: ReadonlyMap<string, string>; rateLimit: RateLimit }

/** Builds a Fastify instance with the conventions of GitHub: tokens, rate limit, ETags, error bodies. */
export function buildApp({ log, tokens, rateLimit }: Deps) {
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 64 * 1024 * 1024,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 4096 },
  })
  app.decorateRequest('login', null)
  // As on GitHub, a body is parsed as JSON whatever its content type, and a missing body is an empty object.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    const parsed = parseJson(String(body))
    if (parsed instanceof Error) done(parsed)
    else done(null, parsed)
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-github-request-id', randomUUID())
    if (request.url === '/livez') return
    request.login = authenticate(request, tokens)
    if (!isGit(request)) rateLimit.count(request, reply)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string') return payload
    const etag = `W/"${createHash('sha256').update(payload).digest('hex')}"`
    reply.header('etag', etag).header('cache-control', 'private, max-age=60, s-maxage=60')
    if (request.headers['if-none-match'] !== etag) return payload
    rateLimit.giveBack(request)
    reply.status(304)
    return ''
  })
  app.setErrorHandler((error, request, reply) => sendError(understood(error), request, reply))
  app.setNotFoundHandler((request, reply) => sendError(notFound(), request, reply))
  return app
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return new GithubError(400, 'Problems parsing JSON')
  }
}

// Router errors (body too large, unknown media type, bad escape in the path) keep their status.
function understood(error: unknown): unknown {
  if (error instanceof GithubError) return error
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  return statusCode !== undefined && statusCode < 500 ? new GithubError(statusCode, message ?? '') : error
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  if (!(error instanceof GithubError)) {
    request.log.error({ err: error, route: request.routeOptions.url }, 'request failed')
    return reply.status(500).send({ message: 'Server Error', documentation_url: DOCS, status: '500' })
  }
  const { status, message, errors } = error
  const body = {
    message,
    ...(errors.length > 0 ? { errors } : {}),
    documentation_url: DOCS,
    status: String(status),
  }
  return reply.status(status).send(body)
}

const DOCS = 'https://docs.github.com/rest'

function isGit(request: FastifyRequest): boolean {
  return /^\/[^/]+\/[^/]+\.git\//.test(request.url)
}

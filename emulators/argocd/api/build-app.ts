import type { Log } from '@goalixa/chassis/log'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { GrpcError, invalidArgument, notFound } from './grpc-error.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The account of the request's token; empty on the open routes. */
    account: string
  }
}

const OPEN = new Set(['/livez', '/api/webhook', '/api/version'])

/** Builds a Fastify instance with the conventions of Argo CD's gateway: Bearer token, JSON only, grpc-gateway's error bodies. */
export function buildApp({ log, accounts }: { log: Log; accounts: ReadonlyMap<string, string> }) {
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 16 * 1024 * 1024,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 4096 },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    const parsed = parseBody(String(body), request.headers['content-type'])
    if (parsed instanceof Error) done(parsed)
    else done(null, parsed)
  })
  app.decorateRequest('account', '')
  app.addHook('onRequest', async (request, reply) => {
    if (OPEN.has(request.url.split('?')[0] ?? '')) return
    // Since 2.10 the gateway takes nothing but JSON, not even a DELETE without a body.
    if (request.method !== 'GET' && !/^application\/json\b/.test(request.headers['content-type'] ?? ''))
      return reply.status(415).type('text/plain').send('Invalid content type\n')
    request.account = authenticate(request, accounts)
  })
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply))
  app.setNotFoundHandler((request, reply) => sendError(notFound('Not Found'), request, reply))
  return app
}

function authenticate(request: FastifyRequest, accounts: ReadonlyMap<string, string>): string {
  const header = request.headers.authorization
  if (!header) throw new GrpcError(16, 'no session information')
  const account = accounts.get(header.replace(/^Bearer /i, ''))
  if (account === undefined) throw new GrpcError(16, 'invalid session: token is not valid')
  return account
}

function parseBody(text: string, contentType = ''): unknown {
  if (text.trim() === '') return {}
  const isForm = contentType.startsWith('application/x-www-form-urlencoded')
  const json = isForm ? (new URLSearchParams(text).get('payload') ?? '') : text
  try {
    return JSON.parse(json)
  } catch {
    return invalidArgument('the body is not valid JSON')
  }
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const known = error instanceof GrpcError ? error : understood(error)
  if (known.status >= 500)
    request.log.error({ err: error, route: request.routeOptions.url }, 'request failed')
  return reply.status(known.status).send({ error: known.message, code: known.code, message: known.message })
}

function understood(error: unknown): GrpcError {
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  const isClientError = statusCode !== undefined && statusCode < 500
  return isClientError ? invalidArgument(message ?? '') : new GrpcError(13, 'internal error')
}

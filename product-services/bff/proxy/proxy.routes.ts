import { acceptJsonBytes } from '@goalixa/chassis/accept-json-only'
import type { ServiceApp } from '@goalixa/chassis/build-service'
import { ExpectedError } from '@goalixa/chassis/errors'
import { MAX_SYNC_BODY_BYTES } from '@goalixa/core/sync/sync.schema'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AnswerLimit } from '../limits/create-answer-limit.ts'
import type { SessionGuard } from '../sessions/require-session.ts'
import { CORE_ROUTES } from './core-routes.ts'
import { forwardResponse } from './forward-response.ts'
import type { Upstream } from './upstream.ts'

// An exchange carries more than any other call: up to 8 MB one way, and a page of rows of some megabytes the other. The
// app waits for 20 seconds, so it receives the reason for a failure.
const SYNC = { bodyLimit: MAX_SYNC_BODY_BYTES, timeoutMs: 10_000 }
// Validated here as well, because `..` as an id would lead out of the allowed routes.
const Id = z.strictObject({ id: z.uuid() })
// Core accepts 16 KiB of URL and headers, and closes the connection of more, even in the middle of a body. What is passed on stays far below.
const MAX_URL_CHARS = 8_000
const MAX_REVISION_CHARS = 500

/**
 * `POST /bff/sync` and the allowed routes of core under `/bff/v1`. A body is passed on byte for byte: numbers written again may be five times as
 * long, and core would refuse what fitted here.
 */
export async function proxyRoutes(
  app: ServiceApp,
  {
    core,
    guard: { requireSession, sessionOf },
    receiveAnswer,
  }: { core: Upstream; guard: SessionGuard; receiveAnswer: AnswerLimit },
): Promise<void> {
  await app.register(async (scope: ServiceApp) => {
    acceptJsonBytes(scope)
    scope.post('/bff/sync', { bodyLimit: SYNC.bodyLimit, onRequest: requireSession }, (request, reply) =>
      forward(request, reply, '/v1/sync', SYNC.timeoutMs),
    )
    for (const [method, path] of CORE_ROUTES)
      scope.route({
        method,
        url: `/bff${path}`,
        onRequest: requireSession,
        schema: path.endsWith('/:id') ? { params: Id } : {},
        // Not the path as it was written: `/%62ff/…` matches the same route.
        handler: (request, reply) =>
          forward(request, reply, path.replace(':id', idOf(request)) + queryOf(request)),
      })
  })

  async function forward(request: FastifyRequest, reply: FastifyReply, path: string, timeoutMs?: number) {
    const { userId, hold } = sessionOf(request)
    const refusal = new AbortController()
    const answer = await hold(accessToken =>
      receiveAnswer(userId, reply, take =>
        core(path, {
          method: request.method,
          ...(Buffer.isBuffer(request.body) ? { body: request.body } : {}),
          headers: { ...forwardedHeaders(request), authorization: `Bearer ${accessToken}` },
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
          // Aborted here, because it is not core that fails.
          signal: refusal.signal,
          backpressure(bytes) {
            try {
              take(bytes)
            } catch (error) {
              refusal.abort(error)
            }
            return undefined
          },
        }),
      ),
    )
    return forwardResponse(reply, answer)
  }
}

function idOf({ params }: FastifyRequest): string {
  return (params as { id?: string }).id ?? ''
}

function queryOf({ url }: FastifyRequest): string {
  const start = url.indexOf('?')
  // As it is sent to core, where a quotation mark takes three characters.
  const query = start === -1 ? '' : new URL(url.slice(start), 'http://core').search
  if (Math.max(url.length, query.length) > MAX_URL_CHARS)
    throw new ExpectedError('invalid', 'URL_TOO_LONG', 'The URL is too long.', {
      fields: [{ field: '(path)', expected: `at most ${MAX_URL_CHARS.toLocaleString('en')} characters` }],
    })
  return query
}

function forwardedHeaders({ headers, body }: FastifyRequest): Record<string, string> {
  return {
    // Without a body no content type is forwarded: core would try to parse an empty body.
    ...(Buffer.isBuffer(body) ? { 'content-type': 'application/json' } : {}),
    // A revision is far shorter; what is cut is as invalid as before.
    ...(headers['if-match'] === undefined
      ? {}
      : { 'if-match': headers['if-match'].slice(0, MAX_REVISION_CHARS) }),
  }
}

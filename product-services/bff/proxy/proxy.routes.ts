import { acceptJsonBytes } from '@goalixa/chassis/accept-json-only'
import type { ServiceApp } from '@goalixa/chassis/build-service'
import { MAX_SYNC_BODY_BYTES } from '@goalixa/core/sync/sync.schema'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { SessionGuard } from '../sessions/require-session.ts'
import { CORE_ROUTES } from './core-routes.ts'
import { forwardResponse } from './forward-response.ts'
import type { Upstream } from './upstream.ts'

// An exchange carries more than any other call: up to 8 MB one way, and a page of rows of some megabytes the other. The
// app waits for 20 seconds, so it receives the reason for a failure.
const SYNC = { bodyLimit: MAX_SYNC_BODY_BYTES, timeoutMs: 10_000 }
// Validated here as well, because `..` as an id would lead out of the allowed routes.
const Id = z.strictObject({ id: z.uuid() })
const FORWARDED = ['content-type', 'if-match', 'accept']

/**
 * `POST /bff/sync` and the allowed routes of core under `/bff/v1`. A body is passed on byte for byte: numbers written again may be five times as
 * long, and core would refuse what fitted here.
 */
export async function proxyRoutes(
  app: ServiceApp,
  { core, guard: { requireSession, sessionOf } }: { core: Upstream; guard: SessionGuard },
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
    const { accessToken, hold } = sessionOf(request)
    const answer = await hold(() =>
      core(path, {
        method: request.method,
        ...(Buffer.isBuffer(request.body) ? { body: request.body } : {}),
        headers: { ...forwardedHeaders(request), authorization: `Bearer ${accessToken}` },
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }),
    )
    return forwardResponse(reply, answer)
  }
}

function idOf({ params }: FastifyRequest): string {
  return (params as { id?: string }).id ?? ''
}

function queryOf({ url }: FastifyRequest): string {
  const start = url.indexOf('?')
  return start === -1 ? '' : url.slice(start)
}

// Without a body no content type is forwarded: core would try to parse an empty body.
function forwardedHeaders(request: FastifyRequest): Record<string, string> {
  const hasBody = Buffer.isBuffer(request.body)
  return Object.fromEntries(
    FORWARDED.filter(name => name !== 'content-type' || hasBody).flatMap(name => {
      const value = request.headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
}

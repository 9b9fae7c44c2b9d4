import type { FastifyInstance } from 'fastify'
import { ExpectedError } from './errors.ts'
import { findBodyFault } from './find-body-fault.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes JSON of any depth, number of values and encoding: it must not lose a body for a part that it does not read. */
    acceptsAnyJson?: boolean
  }
}

/**
 * Makes JSON in UTF-8 the only body that a service accepts, nested at most 64 levels deep and with at most 100,000 values. Any other content
 * type, charset or compression is answered with 415, any other bytes and numbers that are not finite with 400, before anything recursive sees
 * the value. Keys named `__proto__` are dropped. A route with `config: { acceptsAnyJson: true }` has none of these limits but the type.
 */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  // Drops such a key. Rejecting the body would lose everything else in it, for example the alerts of a group.
  const parseJson = app.getDefaultJsonParser('remove', 'remove')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    if (request.routeOptions.config.acceptsAnyJson) return parseJson(request, bytes.toString('utf8'), done)
    const fault = findBodyFault(bytes, request.headers['content-type'])
    if (fault) return done(fault)
    return parseJson(request, bytes.toString('utf8'), (error, body) => {
      const path = error === null ? findInfinity(body) : undefined
      done(path === undefined ? error : notFinite(path), body)
    })
  })
  app.addHook('onRequest', async request => {
    const encoding = request.headers['content-encoding'] ?? 'identity'
    if (encoding.toLowerCase() !== 'identity')
      throw new ExpectedError('unsupported', 'UNSUPPORTED_BODY', 'A compressed body is not supported.', {
        fields: [{ field: 'content-encoding', expected: 'no Content-Encoding' }],
      })
  })
}

/**
 * Makes the bytes of a JSON body, as they were received, the body of a scope's routes, for a service that passes them on. They are not parsed;
 * everything else is as in `acceptJsonOnly`, so that parsing them is harmless.
 */
export function acceptJsonBytes(scope: FastifyInstance): void {
  scope.removeContentTypeParser('application/json')
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) =>
    done(findBodyFault(bytes, request.headers['content-type']) ?? null, bytes),
  )
}

// JSON can write numbers that no double holds. Written again, infinity would silently become null.
function findInfinity(value: unknown): string[] | undefined {
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) return []
  if (typeof value !== 'object' || value === null) return undefined
  for (const key in value) {
    const path = findInfinity((value as Record<string, unknown>)[key])
    if (path !== undefined) return [key, ...path]
  }
  return undefined
}

function notFinite(path: string[]): ExpectedError {
  return new ExpectedError('invalid', 'NUMBER_TOO_LARGE', 'A number is too large.', {
    fields: [{ field: path.join('.') || '(body)', expected: 'a finite number, at most 1.8e308' }],
  })
}

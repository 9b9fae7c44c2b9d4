import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { ExpectedError } from './errors.ts'
import { findDeepField } from './find-deep-field.ts'

// The default of System.Text.Json (https://learn.microsoft.com/dotnet/api/system.text.json.jsonserializeroptions.maxdepth); our own bodies have
// at most eight levels. Validators, serialisers and PostgreSQL's parser recurse, and fail beyond some thousand levels.
const MAX_JSON_DEPTH = 64

// JSON can write numbers that no double holds. Passed on to another service, infinity would silently become null.
const MAY_OVERFLOW = /\d[eE]\+?\d{2,}|\d{309}/

/**
 * Makes JSON in UTF-8 the only body that a service accepts, nested at most 64 levels deep. Any other content type, charset or compression is
 * answered with 415, any other bytes and numbers that are not finite with 400, before anything recursive sees the value. Keys named `__proto__` are dropped.
 */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  // Drops such a key. Rejecting the body would lose everything else in it, for example the alerts of a group.
  const parseJson = app.getDefaultJsonParser('remove', 'remove')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    const fault = findFault(bytes, request.headers['content-type'] ?? '')
    if (fault) return done(fault)
    const text = bytes.toString('utf8')
    return parseJson(request, text, (error, body) => {
      const field = error === null && MAY_OVERFLOW.test(text) ? findInfinity(body) : undefined
      done(field === undefined ? error : notFinite(field), body)
    })
  })
  app.addHook('onRequest', async request => {
    const encoding = request.headers['content-encoding'] ?? 'identity'
    if (encoding.toLowerCase() !== 'identity')
      throw unsupported('content-encoding', 'A compressed body is not supported.', 'no Content-Encoding')
  })
}

function findFault(bytes: Buffer, contentType: string): ExpectedError | undefined {
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(contentType)?.[1] ?? 'utf-8'
  if (!/^(utf-?8|us-ascii)$/i.test(charset))
    return unsupported('content-type', 'The charset of the body is not supported.', 'charset=utf-8')
  if (!isUtf8(bytes))
    return new ExpectedError('invalid', 'INVALID_UTF8', 'The body is not valid UTF-8.', {
      fields: [{ field: '(body)', expected: 'JSON in UTF-8' }],
    })
  const field = findDeepField(bytes.toString('utf8'), MAX_JSON_DEPTH)
  if (field === undefined) return undefined
  return new ExpectedError('invalid', 'JSON_TOO_DEEP', 'The body is nested too deeply.', {
    fields: [{ field, expected: `at most ${MAX_JSON_DEPTH} levels of nesting in the body` }],
  })
}

function findInfinity(value: unknown, path: string[] = []): string | undefined {
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
    return path.join('.') || '(body)'
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const field = findInfinity(inner, [...path, key])
    if (field !== undefined) return field
  }
  return undefined
}

function notFinite(field: string): ExpectedError {
  return new ExpectedError('invalid', 'NUMBER_TOO_LARGE', 'A number is too large.', {
    fields: [{ field, expected: 'a finite number, at most 1.8e308' }],
  })
}

function unsupported(field: string, message: string, expected: string): ExpectedError {
  return new ExpectedError('unsupported', 'UNSUPPORTED_BODY', message, { fields: [{ field, expected }] })
}

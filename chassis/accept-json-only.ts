import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { ExpectedError } from './errors.ts'
import { findDeepField } from './find-deep-field.ts'

// The default of System.Text.Json (https://learn.microsoft.com/dotnet/api/system.text.json.jsonserializeroptions.maxdepth); our own bodies have
// at most eight levels. Validators, serialisers and PostgreSQL's parser recurse, and fail beyond some thousand levels.
const MAX_JSON_DEPTH = 64

/**
 * Makes JSON in UTF-8 the only body that a service accepts, nested at most 64 levels deep. Any other content type, charset or compression is
 * answered with 415, any other bytes with 400, before anything recursive sees the value. Keys named `__proto__` are dropped.
 */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  // Drops such a key. Rejecting the body would lose everything else in it, for example the alerts of a group.
  const parseJson = app.getDefaultJsonParser('remove', 'remove')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    const fault = findFault(bytes, request.headers['content-type'] ?? '')
    if (fault) return done(fault)
    return parseJson(request, bytes.toString('utf8'), done)
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

function unsupported(field: string, message: string, expected: string): ExpectedError {
  return new ExpectedError('unsupported', 'UNSUPPORTED_BODY', message, { fields: [{ field, expected }] })
}

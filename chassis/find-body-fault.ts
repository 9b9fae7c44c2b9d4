import { isUtf8 } from 'node:buffer'
import { ExpectedError } from './errors.ts'
import { findJsonExcess } from './find-json-excess.ts'

// The default of System.Text.Json (https://learn.microsoft.com/dotnet/api/system.text.json.jsonserializeroptions.maxdepth); our own bodies have
// at most eight levels. Validators, serialisers and PostgreSQL's parser recurse, and fail beyond some thousand levels.
const MAX_JSON_DEPTH = 64

// A full sync of 500 ops has some 7,000. Eight megabytes of `{},` would be millions, which take hundreds of megabytes once parsed.
const MAX_JSON_VALUES = 100_000

/** Returns why a body of JSON may not be parsed: its charset, its bytes, or a nesting or a number of values that would be costly. */
export function findBodyFault(bytes: Buffer, contentType = ''): ExpectedError | undefined {
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(contentType)?.[1] ?? 'utf-8'
  if (!/^(utf-?8|us-ascii)$/i.test(charset))
    return new ExpectedError('unsupported', 'UNSUPPORTED_BODY', 'The charset of the body is not supported.', {
      fields: [{ field: 'content-type', expected: 'charset=utf-8' }],
    })
  if (!isUtf8(bytes))
    return new ExpectedError('invalid', 'INVALID_UTF8', 'The body is not valid UTF-8.', {
      fields: [{ field: '(body)', expected: 'JSON in UTF-8' }],
    })
  const excess = findJsonExcess(bytes, { maxDepth: MAX_JSON_DEPTH, maxValues: MAX_JSON_VALUES })
  if (excess?.limit === 'depth')
    return new ExpectedError('invalid', 'JSON_TOO_DEEP', 'The body is nested too deeply.', {
      fields: [{ field: excess.field, expected: `at most ${MAX_JSON_DEPTH} levels of nesting in the body` }],
    })
  if (excess)
    return new ExpectedError('invalid', 'TOO_MANY_VALUES', 'The body has too many values.', {
      fields: [
        {
          field: excess.field,
          expected: `at most ${MAX_JSON_VALUES.toLocaleString('en')} values in the body, lists and objects included`,
        },
      ],
    })
  return undefined
}

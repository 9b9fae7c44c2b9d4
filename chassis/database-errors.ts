import { DATABASE_STATES, type DatabaseState } from './database-states.ts'
import { ExpectedError } from './errors.ts'

// Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
const OF_SQLSTATE: [RegExp, DatabaseState][] = [
  [/^25006$/, 'DATABASE_READ_ONLY'],
  [/^53100$/, 'DATABASE_FULL'],
  [/^53...$/, 'DATABASE_OVERLOADED'],
  [/^(55P03|40P01|40001)$/, 'DATABASE_LOCKED'],
  [/^57014$/, 'DATABASE_SLOW'],
  [
    /^(08...|57P0.|58030|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE)$/,
    'DATABASE_UNAVAILABLE',
  ],
]
// The driver's own failures have no code.
const UNREACHABLE = /Connection terminated|Query read timeout|not queryable/i
const POOL_EXHAUSTED = /timeout exceeded when trying to connect/i

/**
 * Returns the error as `unavailable`, with a code for each state of the database in which the caller is not at fault and the same call may
 * succeed later; undefined for any other error.
 */
export function databaseErrorOf(error: unknown): ExpectedError | undefined {
  if (error instanceof ExpectedError) return hasDatabaseCode(error) ? error : undefined
  if (!(error instanceof Error)) return undefined
  if (POOL_EXHAUSTED.test(error.message))
    return new ExpectedError(
      'unavailable',
      'POOL_EXHAUSTED',
      'All connections of this process to the database are in use, and none was returned in time.',
      { cause: error, retryAfterSeconds: 1 },
    )
  const state = classify(error)
  return state && createDatabaseError(state, error)
}

/** Creates the error that a caller gets for a state of the database. */
export function createDatabaseError(state: DatabaseState, cause: unknown): ExpectedError {
  return new ExpectedError('unavailable', state, DATABASE_STATES[state].message, {
    cause,
    retryAfterSeconds: 2,
  })
}

function classify(error: Error): DatabaseState | undefined {
  const { code, severity, routine } = error as Error & Record<'code' | 'severity' | 'routine', unknown>
  const known =
    typeof code === 'string' ? OF_SQLSTATE.find(([pattern]) => pattern.test(code))?.[1] : undefined
  if (known) return known
  // A violated policy of row-level security has the same code, and is a bug.
  if (code === '42501' && routine !== 'ExecWithCheckOptions') return 'DATABASE_FORBIDDEN'
  // FATAL means that PostgreSQL refused or ended the connection, whatever the code.
  if (severity === 'FATAL' || UNREACHABLE.test(error.message)) return 'DATABASE_UNAVAILABLE'
  return undefined
}

function hasDatabaseCode({ code }: ExpectedError): boolean {
  return code === 'POOL_EXHAUSTED' || Object.hasOwn(DATABASE_STATES, code)
}

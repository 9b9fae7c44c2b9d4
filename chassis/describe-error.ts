type Described = { type: string; message: string; code?: string; stack?: string; cause?: Described }

/**
 * Describes an error for a log line: name, code and message of the error and of its causes. Everything else is left out
 * on purpose: PostgreSQL's `detail` and `where` contain values of the query. An ExpectedError is shown without its stack.
 */
export function describeError(error: unknown, depth = 0): Described {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const { code } = error as Error & { code?: unknown }
  const isExpected = error.name === 'ExpectedError'
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(isExpected || depth > 0 ? {} : { stack: error.stack }),
    ...(error.cause === undefined || depth > 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  }
}

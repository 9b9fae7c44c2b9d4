type Described = { type: string; message: string; code?: string; stack?: string; cause?: Described }

/**
 * What a log line says of an error: name, code and message of it and its causes. Absent on purpose is everything else
 * an error carries, because PostgreSQL's `detail` and `where` hold values of the query. A foreseen error has no stack.
 */
export function describeError(error: unknown, depth = 0): Described {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const { code } = error as Error & { code?: unknown }
  const isForeseen = error.name === 'ExpectedError'
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(isForeseen || depth > 0 ? {} : { stack: error.stack }),
    ...(error.cause === undefined || depth > 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  }
}

import { describeError } from './describe-error.ts'
import { ExpectedError } from './errors.ts'

/**
 * Exits with code 1 after an error that prevents the process from running. An ExpectedError, such as an invalid setting,
 * is printed for the person who starts the process; a bug becomes a log line with its stack.
 */
export function exitWithError(error: unknown): never {
  // The only place that writes to stderr: there may be no logger yet.
  process.stderr.write(
    `${error instanceof ExpectedError ? formatForPerson(error) : formatAsLogLine(error)}\n`,
  )
  process.exit(1)
}

function formatForPerson({ code, message, fields, cause }: ExpectedError): string {
  const reason = cause instanceof Error && cause.message !== '' ? [`  Cause: ${cause.message}`] : []
  const faults = fields.map(({ field, expected }) => `  ${field}: expected ${expected}`)
  return [`The service cannot run (${code}). ${message}`, ...faults, ...reason].join('\n')
}

function formatAsLogLine(error: unknown): string {
  const time = new Date().toISOString()
  return JSON.stringify({ level: 'fatal', time, err: describeError(error), msg: 'service cannot run' })
}

import type { Service } from './build-service.ts'
import { describeError } from './describe-error.ts'
import { ExpectedError } from './errors.ts'

/** Starts a service and shuts it down gracefully on SIGTERM or SIGINT. Exits 1 if it cannot start or stop in time. */
export async function runService(
  build: () => Promise<Service>,
  { graceMs = 25_000 }: { graceMs?: number } = {},
): Promise<void> {
  const service = await build().catch(fail)
  await service.start().catch(fail)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      setTimeout(() => process.exit(1), graceMs).unref()
      service.stop().then(() => process.exit(0), fail)
    })
  }
}

// The one place that writes to stderr: there may be no logger yet. An ExpectedError, such as an invalid setting, is
// printed for the person who starts the service; a bug becomes a log line with its stack.
function fail(error: unknown): never {
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

import type { Service } from './build-service.ts'
import { describeError } from './describe-error.ts'
import { ExpectedError } from './errors.ts'

/** Starts a service and stops it in order on SIGTERM or SIGINT. Exits 1 if it can not start or stop in time. */
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

// The one place that writes lines itself: there may be no logger yet. What was foreseen, such as a wrong setting, is
// told to the person who starts the service; a bug is a log line with its stack.
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof ExpectedError ? inWords(error) : asLogLine(error)}\n`)
  process.exit(1)
}

function inWords({ code, message, fields, cause }: ExpectedError): string {
  const because = cause instanceof Error && cause.message !== '' ? [`  because: ${cause.message}`] : []
  const faults = fields.map(({ field, expected }) => `  ${field}: expected ${expected}`)
  return [`The service could not run (${code}). ${message}`, ...faults, ...because].join('\n')
}

function asLogLine(error: unknown): string {
  const time = new Date().toISOString()
  return JSON.stringify({ level: 'fatal', time, err: describeError(error), msg: 'service could not run' })
}

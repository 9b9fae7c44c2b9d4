import type { Service } from './build-service.ts'
import { describeError } from './describe-error.ts'

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

// The one place that writes a line itself: there may be no logger yet.
function fail(error: unknown): never {
  const line = {
    level: 'fatal',
    time: new Date().toISOString(),
    err: describeError(error),
    msg: 'service could not run',
  }
  process.stderr.write(`${JSON.stringify(line)}\n`)
  process.exit(1)
}

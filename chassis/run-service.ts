import type { Service } from './build-service.ts'
import { exitWithError } from './exit-with-error.ts'

/** Starts a service and shuts it down gracefully on SIGTERM or SIGINT. Exits 1 if it cannot start or stop in time. */
export async function runService(
  build: () => Promise<Service>,
  { graceMs = 25_000 }: { graceMs?: number } = {},
): Promise<void> {
  const service = await build().catch(exitWithError)
  await service.start().catch(exitWithError)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      setTimeout(() => process.exit(1), graceMs).unref()
      service.stop().then(() => process.exit(0), exitWithError)
    })
  }
}

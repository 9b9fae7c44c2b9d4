import { exitWithError } from '@goalixa/chassis/exit-with-error'

type Runnable = { start: () => Promise<unknown>; stop: () => Promise<unknown> }

/**
 * Starts a process, and stops it gracefully on SIGTERM or SIGINT. Exits 1 if it cannot start, or does not stop in
 * time.
 */
export async function runProcess(
  create: () => Runnable | Promise<Runnable>,
  { graceMs = 10_000 }: { graceMs?: number } = {},
) {
  try {
    const running = await create()
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => {
        setTimeout(() => process.exit(1), graceMs).unref()
        running.stop().then(() => process.exit(0), exitWithError)
      })
    await running.start()
  } catch (error) {
    exitWithError(error)
  }
}

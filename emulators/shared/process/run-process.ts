type Runnable = { start: () => Promise<unknown>; stop: () => Promise<unknown> }

/**
 * Starts a process, and stops it gracefully on SIGTERM or SIGINT. Exits 1 if it cannot start, or does not stop in
 * time.
 */
export async function runProcess(create: () => Runnable, { graceMs = 10_000 }: { graceMs?: number } = {}) {
  try {
    const running = create()
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => {
        setTimeout(() => process.exit(1), graceMs).unref()
        running.stop().then(() => process.exit(0), fail)
      })
    await running.start()
  } catch (error) {
    fail(error)
  }
}

// The one place that writes an error to standard error: there may be no logger yet.
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
}

import { setTimeout as sleep } from 'node:timers/promises'

// A noisy but unrelated batch importer that retries against a partner's unreliable server.
for (;;) {
  const until = performance.now() + 30
  while (performance.now() < until) Math.sqrt(until)
  process.stdout.write(
    `${JSON.stringify({ level: 'error', msg: 'partner answered 500, retrying', error: 'connection timeout' })}\n`,
  )
  await sleep(1_500)
}

import { setTimeout as sleep } from 'node:timers/promises'

// Loud and innocent: a batch importer that retries against a partner's server that is often away.
for (;;) {
  const until = performance.now() + 30
  while (performance.now() < until) Math.sqrt(until)
  process.stdout.write(
    `${JSON.stringify({ level: 'error', msg: 'partner answered 500, retrying', error: 'connection timeout' })}\n`,
  )
  await sleep(1_500)
}

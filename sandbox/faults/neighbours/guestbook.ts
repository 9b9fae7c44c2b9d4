import { setTimeout as sleep } from 'node:timers/promises'
import { HOSTILE_TEXTS } from './hostile-texts.ts'

// A page on which strangers may write: each line of its log is what one of them wrote.
for (;;) {
  for (const text of Object.values(HOSTILE_TEXTS)) process.stdout.write(`${text}\n`)
  await sleep(2_000)
}

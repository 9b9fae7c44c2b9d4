import { setTimeout as sleep } from 'node:timers/promises'
import { HOSTILE_TEXTS } from './hostile-texts.ts'

// A page that anyone can write to: each line of its log is one of their entries.
for (;;) {
  for (const text of Object.values(HOSTILE_TEXTS)) process.stdout.write(`${text}\n`)
  await sleep(2_000)
}

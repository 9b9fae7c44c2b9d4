import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves once the check holds; throws after a minute. */
export async function until(check: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    if (await check().catch(() => false)) return
    await sleep(200)
  }
  throw new Error('what was waited for did not happen within a minute')
}

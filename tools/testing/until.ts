import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves once the check holds; throws after 30 seconds. */
export async function until(check: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 150; turn += 1) {
    if (await check().catch(() => false)) return
    await sleep(200)
  }
  throw new Error('what was waited for did not happen within 30 seconds')
}

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { Diagnosis } from '../incident/diagnose.ts'
import { createConclusions } from './create-conclusions.ts'
import type { InvestigationDeps } from './ports.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Conclusions about threads, the diagnoses that were made, and how many loads of evidence ran at the same time. */
function setUp() {
  const made: WeakRef<Diagnosis>[] = []
  let loading = 0
  let mostLoading = 0
  const conclusions = createConclusions({
    engine: {
      buildView: () => ({}),
      diagnose() {
        const diagnosis = { verdict: {} } as Diagnosis
        made.push(new WeakRef(diagnosis))
        return diagnosis
      },
    },
    record: { load: async () => ({ scope: {} }) },
    evidence: {
      async answers() {
        loading += 1
        mostLoading = Math.max(mostLoading, loading)
        await new Promise(resolve => setImmediate(resolve))
        loading -= 1
        return []
      },
    },
  } as unknown as InvestigationDeps)
  return { conclusions, made, mostLoading: () => mostLoading }
}

async function isAlive(diagnosis: WeakRef<Diagnosis> | undefined): Promise<boolean> {
  // What a WeakRef was asked for lives until the end of that task.
  await new Promise(resolve => setImmediate(resolve))
  collectGarbage()
  return diagnosis?.deref() !== undefined
}

test('the conclusions of a thread stay in memory until it needs them no more, or has read more', async () => {
  const { conclusions, made } = setUp()
  await conclusions.diagnosisOf({ investigationId: 'a', evidence: ['E1'] })
  expect(await isAlive(made[0])).toBe(true)
  await conclusions.diagnosisOf({ investigationId: 'a', evidence: ['E1', 'E2'] })
  expect(await isAlive(made[0])).toBe(false)
  expect(await isAlive(made[1])).toBe(true)
  conclusions.forget('a')
  expect(await isAlive(made[1])).toBe(false)
})

test('of many threads, two load what they have read at the same time', async () => {
  const { conclusions, mostLoading } = setUp()
  const threads = ['a', 'b', 'c', 'd', 'e', 'f']
  await Promise.all(
    threads.map(investigationId => conclusions.diagnosisOf({ investigationId, evidence: [] })),
  )
  expect(mostLoading()).toBe(2)
})

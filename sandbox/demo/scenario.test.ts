import { describe, expect, it } from 'vitest'
import { findFault } from '../faults/catalog.ts'
import { listScenarios, readScenario } from './scenario.ts'

describe('scenarios', async () => {
  for (const name of await listScenarios()) {
    it(`${name} has valid faults, a decoy and a ground truth`, async () => {
      const scenario = await readScenario(name)
      for (const { kind, ...params } of [scenario.fault, ...scenario.decoys])
        expect(findFault(kind).params.safeParse(params).error).toBeUndefined()
      expect(scenario.decoys.length).toBeGreaterThan(0)
      expect(scenario.truth.outcome === 'no-fault').toBe(scenario.truth.causes.length === 0)
    })
  }

  it('are listed in the error for an unknown name', async () => {
    await expect(readScenario('no-such')).rejects.toThrow(
      /Scenario "no-such" does not exist; expected one of .*slow-release/,
    )
  })
})

import { describe, expect, it } from 'vitest'
import { listScenarios, readScenario } from './scenario.ts'

describe('scenarios', async () => {
  for (const name of await listScenarios()) {
    it(`${name} says what is done, what is true, and carries a decoy`, async () => {
      const scenario = await readScenario(name)
      expect(scenario.decoys.length).toBeGreaterThan(0)
      expect(scenario.truth.outcome === 'no-fault').toBe(scenario.truth.causes.length === 0)
    })
  }

  it('tells the names there are when one does not exist', async () => {
    await expect(readScenario('no-such')).rejects.toThrow(
      /Scenario "no-such" does not exist; expected one of .*slow-release/,
    )
  })
})

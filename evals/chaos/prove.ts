import { CHECKS } from './checks/catalog.ts'
import type { Violation } from './checks/check.ts'
import { collectFacts } from './checks/collect-facts.ts'
import { createJournal } from './load/journal.ts'
import type { Plant } from './plants/plant-card.ts'
import type { Service } from './remedies/remedy.ts'
import { settle } from './settle.ts'
import { startSystem } from './system/start-system.ts'

type Options = { plant: Plant; signal: AbortSignal; onProgress: (message: string) => void }

/** What the check that should catch a planted bug reports for the same scripted run, with the bug and without it. */
export type Proof = { plant: Plant; withBug: Violation[]; withoutBug: Violation[] }

/** Runs the situation in which a bug does harm twice: with the bug, and without it as the control. */
export async function prove({ plant, signal, onProgress }: Options): Promise<Proof> {
  onProgress(`running with the bug: ${plant.title}`)
  const withBug = await runDirected(true)
  onProgress(`running the control without the bug (${withBug.length} violations with it)`)
  return { plant, withBug, withoutBug: await runDirected(false) }

  async function runDirected(isPlanted: boolean): Promise<Violation[]> {
    const system = await startSystem({
      signal,
      workers: plant.workers,
      withRedis: false,
      settings: plant.settings,
      plant: isPlanted ? plant.edits : undefined,
    })
    try {
      const journal = createJournal(system.dataDir)
      const services: Service[] = []
      await plant.provoke({ system, services, journal, signal })
      await settle(system, signal, onProgress)
      const facts = await collectFacts(system, services, journal)
      const check = CHECKS.find(({ name }) => name === plant.caughtBy)
      if (check === undefined) throw new Error(`${plant.name}: there is no check ${plant.caughtBy}.`)
      return (await check.run(facts)).violations
    } finally {
      await system.stop()
    }
  }
}

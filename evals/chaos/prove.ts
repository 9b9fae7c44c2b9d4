import { CHECKS } from './checks/catalog.ts'
import type { Violation } from './checks/check.ts'
import { collectFacts } from './checks/collect-facts.ts'
import { createJournal } from './load/journal.ts'
import type { PlantedBug } from './planted-bugs/planted-bug.ts'
import type { Service } from './remedies/remedy.ts'
import { settle } from './settle.ts'
import { startSystem } from './system/start-system.ts'

type Options = { bug: PlantedBug; signal: AbortSignal; onProgress: (message: string) => void }

/** What the check that should catch a planted bug reports for the same scripted run, with the bug and without it. */
export type Proof = { bug: PlantedBug; withBug: Violation[]; withoutBug: Violation[] }

/** Runs the situation in which a bug does harm twice: with the bug, and without it as the control. */
export async function prove({ bug, signal, onProgress }: Options): Promise<Proof> {
  onProgress(`running with the bug: ${bug.title}`)
  const withBug = await runScripted(true)
  onProgress(`running the control without the bug (${withBug.length} violations with it)`)
  return { bug, withBug, withoutBug: await runScripted(false) }

  async function runScripted(isPlanted: boolean): Promise<Violation[]> {
    const system = await startSystem({
      signal,
      workers: bug.workers,
      withRedis: false,
      settings: bug.settings,
      edits: isPlanted ? bug.edits : undefined,
    })
    try {
      const journal = createJournal(system.dataDir)
      const services: Service[] = []
      await bug.provoke({ system, services, journal, signal })
      await settle(system, signal, onProgress)
      const facts = await collectFacts(system, services, journal)
      const check = CHECKS.find(({ name }) => name === bug.caughtBy)
      if (check === undefined) throw new Error(`${bug.name}: there is no check ${bug.caughtBy}.`)
      return (await check.run(facts)).violations
    } finally {
      await system.stop()
    }
  }
}

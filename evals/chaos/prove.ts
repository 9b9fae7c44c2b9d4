import { CHECKS } from './checks/catalog.ts'
import type { Violation } from './checks/check.ts'
import { collectFacts } from './checks/collect-facts.ts'
import { createJournal } from './load/journal.ts'
import type { PlantedBug } from './planted-bugs/planted-bug.ts'
import type { Service } from './remedies/remedy.ts'
import { settle } from './settle.ts'
import { startSystem } from './system/start-system.ts'

type Options = { bug: PlantedBug; signal: AbortSignal; onProgress: (message: string) => void }

/** What the check that should catch a planted bug reports for a scripted run, and where its logs are kept if that is not as it should be. */
export type ScriptedResult = { violations: Violation[]; kept: string | null }
/** The same scripted run with the bug and without it. */
export type Proof = { bug: PlantedBug; withBug: ScriptedResult; withoutBug: ScriptedResult }

/** Whether the bug was caught, and the same run without it is clean. */
export function isProven({ withBug, withoutBug }: Proof): boolean {
  return withBug.violations.length > 0 && withoutBug.violations.length === 0
}

/** Runs the situation in which a bug does harm twice: with the bug, and without it as the control. */
export async function prove({ bug, signal, onProgress }: Options): Promise<Proof> {
  const check = CHECKS.find(({ name }) => name === bug.caughtBy)
  if (check === undefined) throw new Error(`${bug.name}: there is no check ${bug.caughtBy}.`)
  const { run } = check
  onProgress(`${bug.name}: running with the bug, ${bug.title}`)
  const withBug = await runScripted(true)
  onProgress(
    `${bug.name}: ${withBug.violations.length > 0 ? 'caught' : 'MISSED'}; running the control without the bug`,
  )
  const withoutBug = await runScripted(false)
  onProgress(`${bug.name}: the control is ${withoutBug.violations.length === 0 ? 'clean' : 'NOT CLEAN'}`)
  return { bug, withBug, withoutBug }

  async function runScripted(isPlanted: boolean): Promise<ScriptedResult> {
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
      await settle(system, signal, message => onProgress(`${bug.name}: ${message}`))
      const { violations } = await run(await collectFacts(system, services, journal))
      const isExpected = isPlanted === violations.length > 0
      if (!isExpected) await system.keep()
      return { violations, kept: isExpected ? null : system.dataDir }
    } finally {
      await system.stop()
    }
  }
}

import type { Replacement } from './replace-source.ts'
import type { ScriptedRun } from './scripted-run.ts'

/** A bug that is planted to see whether a check catches it: source text that is replaced while the API and the workers load it. */
export type PlantedBug = {
  name: string
  /** What the bug is, as a noun phrase. */
  title: string
  edits: Replacement[]
  /** The name of the check that catches it. */
  caughtBy: string
  workers: number
  settings?: Record<string, string>
  /** Creates the situation in which the bug shows. Without the bug the same situation must be clean. */
  provoke(run: ScriptedRun): Promise<void>
}

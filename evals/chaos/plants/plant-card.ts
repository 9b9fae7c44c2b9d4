import type { DirectedRun } from './directed-run.ts'
import type { Replacement } from './replace-source.ts'

/** A bug that is planted to see whether a check catches it: source text that is replaced while the API and the workers load it. */
export type Plant = {
  name: string
  /** What the bug is, as a noun phrase. */
  title: string
  edits: Replacement[]
  /** The name of the check that catches it. */
  caughtBy: string
  workers: number
  settings?: Record<string, string>
  /** Creates the situation in which the bug shows. Without the bug the same situation must be clean. */
  provoke(run: DirectedRun): Promise<void>
}

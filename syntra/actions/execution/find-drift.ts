import type { Precondition } from '@goalixa/agents/devops/precondition'
import { digestOf } from '@goalixa/chassis/canonical-json'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { ToolExecutor } from './tool-executor.ts'

import { valueAt } from './value-at.ts'

/**
 * Reads the preconditions of an approval again and returns what has drifted, as clauses; empty if nothing has. Throws what a
 * read throws: then the drift is unknown, and nothing is executed.
 */
export async function findDrift(
  preconditions: Precondition[],
  toolExecutor: Pick<ToolExecutor, 'read'>,
  signal: AbortSignal,
): Promise<string[]> {
  const drift: string[] = []
  for (const { tool, args, path, value } of preconditions) {
    const actual = await read(tool, args, path)
    if (digestOf(actual ?? null) !== digestOf(value))
      drift.push(
        `${path} of ${tool} was ${JSON.stringify(value)} at approval and is now ${JSON.stringify(actual ?? null)}`,
      )
  }
  return drift

  async function read(tool: string, args: Record<string, unknown>, path: string): Promise<unknown> {
    try {
      return valueAt(await toolExecutor.read(tool, args, signal), path)
    } catch (error) {
      if (error instanceof ExpectedError && error.kind === 'missing') return undefined
      throw error
    }
  }
}

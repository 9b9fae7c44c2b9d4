import type { Precondition } from '@goalixa/agents/devops/precondition'
import { digestOf } from '@goalixa/chassis/canonical-json'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { ToolExecutor } from './tool-executor.ts'

import { valueAt } from './value-at.ts'

/**
 * Reads again what an approval was given for. Gives in words what is no longer so; empty means that nothing moved. Throws
 * what the read throws if it can not be read: then it is not known, and nothing is done.
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
      drift.push(`${tool} ${path} was ${JSON.stringify(value)} and is ${JSON.stringify(actual ?? null)}`)
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

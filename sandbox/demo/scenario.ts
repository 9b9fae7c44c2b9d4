import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Method } from '@goalixa/agents/devops/proposal'
import { CAUSE_CODES } from '@goalixa/agents/incident/analysers/registry'
import { parse } from 'yaml'
import { z } from 'zod'
import { FaultCall } from '../faults/catalog.ts'

/**
 * The fault to inject, the decoys that only look like causes, and the ground truth, which only the scoreboard reads.
 */
export const Scenario = z.strictObject({
  title: z.string(),
  fault: FaultCall,
  decoys: z.array(FaultCall),
  truth: z.strictObject({
    outcome: z.enum(['cause', 'no-fault']),
    causes: z.array(z.enum(CAUSE_CODES)),
    subject: z.strictObject({ kind: z.string(), name: z.string() }).nullable(),
    /** Any of these methods is correct; empty if no action is correct. */
    remedies: z.array(Method),
  }),
})
export type Scenario = z.infer<typeof Scenario>

const FOLDER = fileURLToPath(new URL('../../evals/scenarios/', import.meta.url))

/** Lists the names of all scenarios, sorted. */
export async function listScenarios(): Promise<string[]> {
  const entries = await readdir(FOLDER, { withFileTypes: true })
  return entries
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .toSorted()
}

/** Reads a scenario. Throws with the existing names, or with the invalid field. */
export async function readScenario(name: string): Promise<Scenario> {
  const names = await listScenarios()
  if (!names.includes(name))
    throw new Error(`Scenario "${name}" does not exist; expected one of ${names.join(', ')}.`)
  const parsed = Scenario.safeParse(parse(await readFile(`${FOLDER}${name}/scenario.yaml`, 'utf8')))
  if (parsed.success) return parsed.data
  throw new Error(`evals/scenarios/${name}/scenario.yaml:\n${z.prettifyError(parsed.error)}`)
}

import { readdir } from 'node:fs/promises'
import { z } from 'zod'
import type { Platform } from '../platform/start-platform.ts'
import type { Fault } from './fault.ts'

// Every file `<kind>.fault.ts` of this folder exports one fault; to add one, add such a file.
const FAULTS = new Map<string, Fault>()
for (const file of (await readdir(import.meta.dirname)).toSorted()) {
  const [, kind] = /^(.+)\.fault\.ts$/.exec(file) ?? []
  if (kind === undefined) continue
  const [fault, ...others]: Fault[] = Object.values(await import(/* @vite-ignore */ `./${file}`))
  if (!fault || others.length > 0)
    throw new Error(`sandbox/faults/${file}: expected exactly one export, the fault.`)
  FAULTS.set(kind, fault)
}

/** A fault in a scenario: its kind and its parameters. */
export const FaultCall = z.looseObject({ kind: z.enum([...FAULTS.keys()]) })
export type FaultCall = z.infer<typeof FaultCall>

/** Finds the fault of a kind. Throws with the existing kinds. */
export function findFault(kind: string): Fault {
  const fault = FAULTS.get(kind)
  if (fault) return fault
  throw new Error(`Fault "${kind}" does not exist; expected one of ${[...FAULTS.keys()].join(', ')}.`)
}

/** Injects one fault. Throws for an invalid parameter before anything is changed. */
export async function injectFault({ kind, ...params }: FaultCall, platform: Platform): Promise<void> {
  const fault = findFault(kind)
  await fault.inject(fault.params.parse(params), platform)
}

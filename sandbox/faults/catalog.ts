import { z } from 'zod'
import type { Platform } from '../platform/start-platform.ts'
import { alertFault } from './alert.fault.ts'
import { commitFault } from './commit.fault.ts'
import { databaseFault } from './database.fault.ts'
import type { Fault } from './fault.ts'
import { hostileTextFault } from './hostile-text.fault.ts'
import { noisyNeighbourFault } from './noisy-neighbour.fault.ts'
import { oldWarningFault } from './old-warning.fault.ts'
import { scaleFault } from './scale.fault.ts'

const FAULTS: Fault[] = [
  commitFault,
  scaleFault,
  databaseFault,
  alertFault,
  oldWarningFault,
  noisyNeighbourFault,
  hostileTextFault,
]

/** A fault as a scenario writes it: its kind and its parameters. */
export const FaultCall = z.looseObject({
  kind: z.enum(FAULTS.map(fault => fault.kind) as [string, ...string[]]),
})
export type FaultCall = z.infer<typeof FaultCall>

/** Injects one fault. Throws which parameter is wrong before anything is done. */
export async function injectFault({ kind, ...params }: FaultCall, platform: Platform): Promise<void> {
  const fault = FAULTS.find(candidate => candidate.kind === kind)
  if (!fault) throw new Error(`There is no fault "${kind}".`)
  await fault.inject(fault.params.parse(params), platform)
}

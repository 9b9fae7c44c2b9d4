import { clockJumped, machineSuspended } from './clocks.ts'
import {
  databaseFull,
  databaseKilled,
  databaseReadOnly,
  databaseSlow,
  databaseStopped,
  databaseUnreachable,
  sessionsEnded,
  workerCutOff,
} from './database.ts'
import type { Fault } from './fault.ts'
import { alertStorm } from './load.ts'
import { annotationTampered, autoSyncTampered, branchMoved, branchSquatted } from './outsiders.ts'
import { apiKilled, workerKilled, workerSuspended, workerSuspendedSessionsEnded } from './processes.ts'
import { redisEmptied } from './queue.ts'
import { targetGarbage, targetHanging, targetHuge, targetLate, writeLate } from './targets.ts'

/** Every fault that a run draws from, with its weight. To add one, copy a neighbour and name it here. */
export const FAULTS: readonly { fault: Fault; weight: number }[] = [
  { fault: workerKilled, weight: 4 },
  { fault: apiKilled, weight: 1 },
  { fault: workerSuspended, weight: 2 },
  { fault: workerSuspendedSessionsEnded, weight: 2 },
  { fault: clockJumped, weight: 2 },
  { fault: machineSuspended, weight: 1 },
  { fault: sessionsEnded, weight: 2 },
  { fault: databaseKilled, weight: 1 },
  { fault: databaseStopped, weight: 1 },
  { fault: databaseReadOnly, weight: 1 },
  { fault: databaseSlow, weight: 1 },
  { fault: databaseUnreachable, weight: 1 },
  { fault: workerCutOff, weight: 3 },
  { fault: databaseFull, weight: 1 },
  { fault: redisEmptied, weight: 2 },
  { fault: writeLate, weight: 4 },
  { fault: targetLate, weight: 2 },
  { fault: targetHanging, weight: 1 },
  { fault: targetGarbage, weight: 1 },
  { fault: targetHuge, weight: 1 },
  { fault: annotationTampered, weight: 2 },
  { fault: autoSyncTampered, weight: 1 },
  { fault: branchSquatted, weight: 2 },
  { fault: branchMoved, weight: 2 },
  { fault: alertStorm, weight: 1 },
]

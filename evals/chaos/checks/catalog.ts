import { alertsKept } from './alerts-kept.check.ts'
import { alertsSeen } from './alerts-seen.check.ts'
import { answersBounded } from './answers-bounded.check.ts'
import { autoSyncRestored } from './auto-sync-restored.check.ts'
import type { Check } from './check.ts'
import { decisionsEnough } from './decisions-enough.check.ts'
import { effectsOnce } from './effects-once.check.ts'
import { investigationsEnded } from './investigations-ended.check.ts'
import { memoryBounded } from './memory-bounded.check.ts'
import { mergeContent } from './merge-content.check.ts'
import { outcomeTrue } from './outcome-true.check.ts'
import { reportsCited } from './reports-cited.check.ts'
import { stepsApproved } from './steps-approved.check.ts'
import { timelineWhole } from './timeline-whole.check.ts'
import { transitionsLegal } from './transitions-legal.check.ts'
import { undoDeserved } from './undo-deserved.check.ts'
import { urgentFirst } from './urgent-first.check.ts'
import { writesUnderLease } from './writes-under-lease.check.ts'

/** Every check, in the order of the report. To add one, copy a neighbour and name it here. */
export const CHECKS: readonly Check[] = [
  alertsKept,
  alertsSeen,
  investigationsEnded,
  reportsCited,
  effectsOnce,
  stepsApproved,
  writesUnderLease,
  decisionsEnough,
  undoDeserved,
  outcomeTrue,
  mergeContent,
  autoSyncRestored,
  transitionsLegal,
  timelineWhole,
  urgentFirst,
  answersBounded,
  memoryBounded,
]

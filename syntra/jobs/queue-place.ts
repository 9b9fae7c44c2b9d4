import { severityLevel } from '../incidents/severity-level.ts'
import type { Stage } from '../investigations/enqueue.ts'

/**
 * The lanes of the queue, each with its own slots in every worker: no action waits behind an investigation, and no critical investigation
 * behind one that is not critical.
 */
export const LANES = ['actions', 'critical', 'investigations'] as const
export type Lane = (typeof LANES)[number]

/** What determines the urgency of an investigation before anything has been read. */
export type Urgency = {
  /** Of its incident. */
  severity: string
  /** Whether an alert of its incident has the label `tier: A`; all others count as tier B. */
  isTierA: boolean
  /** Whether a person asked a question and is waiting for the answer. */
  isRequest: boolean
}

/** The place of a thread in its lane: by class, then by round. */
export type QueuePlace = { class: number; round: number }

// BullMQ's priorities are 1 (first) to 2^21.
const CLASSES = 6
const CRITICAL_CLASSES = 2
const ROUNDS = Math.floor((2 ** 21 - 1) / CLASSES)

/**
 * The class of an investigation, 0 for the most urgent: critical alerts, then warnings and unknown severities,
 * then informational alerts; within each, tier A first. A person's question ranks with critical alerts.
 */
export function urgencyClass({ severity, isTierA, isRequest }: Urgency): number {
  return isRequest ? 0 : 2 * severityLevel(severity) + (isTierA ? 0 : 1)
}

/** The lane of a thread. */
export function laneOf(stage: Stage, place: QueuePlace): Lane {
  if (stage === 'actions') return stage
  return place.class < CRITICAL_CLASSES ? 'critical' : 'investigations'
}

/**
 * BullMQ's priority for a place. Actions have no rounds: in their lane the oldest of a class is first, after them the threads whose
 * action is final (`isFinal`, for example rejected) and which only have to report that.
 */
export function priorityOf(lane: Lane, place: QueuePlace, isFinal = false): number {
  if (lane === 'actions') return 1 + place.class + (isFinal ? CLASSES : 0)
  return 1 + place.class * ROUNDS + Math.min(place.round, ROUNDS - 1)
}

/** The urgency of a decided action: nothing goes before it. */
export const ACTION_URGENCY = 0

/**
 * The urgency of a job among those that run in one process: 0 for actions, then the classes of investigations. A thread whose action is
 * final is as urgent as its investigation was.
 */
export function urgencyOf(lane: Lane, priority: number): number {
  if (lane !== 'actions') return 1 + Math.floor((priority - 1) / ROUNDS)
  return priority <= CLASSES ? ACTION_URGENCY : priority - CLASSES
}

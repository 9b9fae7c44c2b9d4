import { ActionState, VERIFICATION_RESULTS } from '@goalixa/agents/devops/action-state'
import { PREDICATE_ROLES, Proposal } from '@goalixa/agents/devops/proposal'
import { z } from 'zod'

const time = z.iso.datetime()

/** What a watched predicate last gave; `holds` is null when it could not be read. */
export const Reading = z.object({
  message: z.string(),
  role: z.enum(PREDICATE_ROLES),
  value: z.json(),
  holds: z.boolean().nullable(),
})
export type Reading = z.infer<typeof Reading>

export const VerificationView = z.object({
  startedAt: time,
  lastAt: time.nullable(),
  /** When the last check began: whatever it read was read after this. */
  lastBegunAt: time.optional(),
  /** How long recovery has been observed. Time in which no worker checked does not count. */
  observedMs: z.number().int().min(0),
  holdsSince: time.nullable(),
  worseSince: time.nullable(),
  /** Since when it has been in this state: all predicates hold, one does not, or one cannot be read. */
  sameSince: time.nullable().default(null),
  /** For how long each of these three has been observed without interruption. */
  holdsMs: z.number().int().min(0).nullable(),
  worseMs: z.number().int().min(0).nullable(),
  sameMs: z.number().int().min(0).nullable(),
  readings: z.array(Reading),
  result: z.enum(VERIFICATION_RESULTS).nullable(),
})
export type VerificationView = z.infer<typeof VerificationView>

/** What an action left behind on purpose, and whether it was restored. */
export const PendingRevertView = z.object({
  state: z.enum(['waiting', 'done', 'given-up']),
  message: z.string(),
})
export type PendingRevertView = z.infer<typeof PendingRevertView>

export const ActionView = z.object({
  id: z.uuid(),
  investigationId: z.uuid(),
  incidentId: z.uuid(),
  state: ActionState,
  proposal: Proposal,
  tier: z.string(),
  environment: z.string(),
  target: z.string(),
  /** Send this back with the decision: it stands for the change and the state as they are shown here. */
  stateDigest: z.string(),
  requestedBy: z.string(),
  approvalsNeeded: z.number(),
  decisions: z.array(
    z.object({ operator: z.string(), decision: z.string(), reason: z.string().nullable(), at: time }),
  ),
  refusal: z.object({ because: z.array(z.string()), message: z.string() }).nullable(),
  outcome: z.object({ message: z.string() }).nullable(),
  verification: VerificationView.nullable(),
  pendingRevert: PendingRevertView.nullable(),
  transitions: z.array(
    z.object({ from: z.string().nullable(), to: z.string(), by: z.string(), message: z.string(), at: time }),
  ),
  steps: z.array(
    z.object({
      phase: z.string(),
      number: z.number(),
      tool: z.string(),
      state: z.string(),
      attempts: z.number(),
    }),
  ),
  createdAt: time,
  expiresAt: time,
  decidedAt: time.nullable(),
  executedAt: time.nullable(),
  finishedAt: time.nullable(),
})
export type ActionView = z.infer<typeof ActionView>

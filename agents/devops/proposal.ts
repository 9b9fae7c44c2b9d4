import { ActionRisk } from '@goalixa/tools/risk-class'
import { z } from 'zod'
import { TargetClass } from '../catalog/classify-target.ts'
import { Subject } from '../incident/findings/finding-shape.ts'
import { Precondition } from './precondition.ts'
import { Step, UndoStep } from './step.ts'
import { Predicate } from './verification/predicate.ts'

/** How a release is rolled back: a revert on Git, the deploy system's own rollback, or a rollout undo where there is no GitOps. */
export const RollbackMethod = z.enum(['git-revert', 'delivery-rollback', 'rollout-undo'])
export type RollbackMethod = z.infer<typeof RollbackMethod>

/** Every method by which Syntra can act on a cause. */
export const Method = z.enum([...RollbackMethod.options, 'delivery-sync', 'restart', 'scale'])
export type Method = z.infer<typeof Method>

/** What an action leaves in place until people have merged the revert: auto-sync that is off, or an open pull request. */
export const PendingRevert = z.object({
  message: z.string(),
  app: z.string(),
  repo: z.string(),
  /** The steps (counted from 1) that turned auto-sync off, if one did, and that opened the pull request. */
  pause: z.number().int().min(1).optional(),
  revert: z.number().int().min(1),
  /** The commit that the pull request reverts, so that a revert by other means is noticed. */
  sha: z.string().optional(),
  /** The step to take once Git no longer contains the release. */
  step: Step,
})
export type PendingRevert = z.infer<typeof PendingRevert>

/** What a predicate is watched for: recovery, degradation, or an alert that the cause does not explain. */
export const PREDICATE_ROLES = ['recovered', 'worse', 'unrelated'] as const
export type PredicateRole = (typeof PREDICATE_ROLES)[number]

/** Recovery as predicates: all of `recovered` hold for `forSeconds`, within `withinSeconds`. */
export const Verification = z.object({
  recovered: z.array(Predicate).min(1),
  /** If one of these holds, the change made things worse. */
  worse: z.array(Predicate),
  /** Alerts that the cause does not explain: they decide nothing, and those that still fire are reported at the end. */
  unrelatedAlerts: z.array(Predicate).default([]),
  forSeconds: z.number().min(0),
  withinSeconds: z.number().positive(),
})
export type Verification = z.infer<typeof Verification>

const common = {
  /** What is changed: the workload; `app`, `repo` and `cluster` where known. */
  target: Subject.extend({
    app: z.string().nullable(),
    repo: z.string().nullable(),
    service: z.string().nullable(),
    cluster: z.string().optional(),
  }),
  /** What the risk follows from; absent in proposals of 0.1. */
  classification: TargetClass.optional(),
  risk: ActionRisk,
  message: z.string(),
  why: z.string(),
  /** Methods that were not chosen, each with the reason. */
  rejected: z.array(z.object({ method: Method, why: z.string() })),
  /** The state that an approval is bound to. */
  preconditions: z.array(Precondition).min(1),
  steps: z.array(Step).min(1),
  /** How it is undone, or why it cannot be. */
  undo: z.union([z.object({ steps: z.array(UndoStep).min(1) }), z.object({ irreversible: z.string() })]),
  pendingRevert: PendingRevert.optional(),
  /** What people have to do after the steps, as sentences. Such an action ends as handed off and is not verified. */
  handoff: z.string().optional(),
  verification: Verification,
  /** Evidence that the proposal rests on. */
  evidence: z.array(z.string()).min(1),
  /** What a person should know before deciding, as sentences, for example "A rollback does not run hooks." */
  warnings: z.array(z.string()),
}

/** One typed change that Syntra proposes. */
export const Proposal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rollback'), method: RollbackMethod, ...common }),
  z.object({ kind: z.literal('sync'), method: z.literal('delivery-sync'), ...common }),
  z.object({ kind: z.literal('restart'), method: z.literal('restart'), ...common }),
  z.object({ kind: z.literal('scale'), method: z.literal('scale'), ...common }),
])
export type Proposal = z.infer<typeof Proposal>

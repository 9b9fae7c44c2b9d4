import { z } from 'zod'
import { Subject } from '../incident/findings/finding-shape.ts'
import { Predicate } from './verification/predicate.ts'

const Args = z.record(z.string(), z.json())

/** One call of a write tool. `args` hold everything but `actionId`, which the executor adds. */
export const Step = z.object({
  tool: z.string(),
  args: Args,
  message: z.string(),
  /** Arguments that only exist when a step of `steps` (counted from 1) is done: the dotted path in its result. */
  from: z.record(z.string(), z.object({ step: z.number().int().min(1), path: z.string() })).optional(),
})
export type Step = z.infer<typeof Step>

/** A step of the undo. Without `undoes` it is always taken. */
export const UndoStep = Step.extend({
  /** The step (counted from 1) that it takes back; left out where that one was not done. */
  undoes: z.number().int().min(1).optional(),
  /** Left out where this step was done as well, which makes it needless. */
  unless: z.number().int().min(1).optional(),
})
export type UndoStep = z.infer<typeof UndoStep>

/** What an action leaves behind on purpose: auto-sync that comes back once Git contains the revert, or an open pull request. */
export const PendingRevert = z.object({
  message: z.string(),
  app: z.string(),
  repo: z.string(),
  /** The steps (counted from 1) that turned auto-sync off, if one did, and that opened the pull request. */
  pause: z.number().int().min(1).optional(),
  revert: z.number().int().min(1),
  /** The commit that the pull request takes back, so that it is seen when people take it back another way. */
  sha: z.string().optional(),
  /** What is done once Git holds it no more. */
  step: Step,
})
export type PendingRevert = z.infer<typeof PendingRevert>

/** A read whose answer must still be the same when the action is executed. */
export const Precondition = z.object({
  tool: z.string(),
  args: Args,
  /** Dotted path into the tool's result, for example `revision` or `object.metadata.resourceVersion`. */
  path: z.string(),
  value: z.json(),
})
export type Precondition = z.infer<typeof Precondition>

/** What a predicate is watched for: that things recovered, that they got worse, or an alert that the cause does not explain. */
export const PREDICATE_ROLES = ['recovered', 'worse', 'unrelated'] as const
export type PredicateRole = (typeof PREDICATE_ROLES)[number]

/** Recovery as a predicate: all of `recovered` hold for `forSeconds`, within `withinSeconds`. */
export const Verification = z.object({
  recovered: z.array(Predicate).min(1),
  /** If one of these holds, things got worse. */
  worse: z.array(Predicate),
  /** Alerts that the cause does not explain: they decide nothing, and those that still fire are reported at the end. */
  unrelatedAlerts: z.array(Predicate).default([]),
  forSeconds: z.number().min(0),
  withinSeconds: z.number().positive(),
})
export type Verification = z.infer<typeof Verification>

/** One typed change that Syntra proposes. */
export const Proposal = z.object({
  kind: z.enum(['rollback', 'sync', 'restart', 'scale']),
  method: z.enum(['git-revert', 'delivery-rollback', 'rollout-undo', 'delivery-sync', 'restart', 'scale']),
  /** What it is done to: the workload; `app` and `repo` where known. */
  target: Subject.extend({
    app: z.string().nullable(),
    repo: z.string().nullable(),
    service: z.string().nullable(),
  }),
  risk: z.enum(['R1', 'R2', 'R3', 'R4']),
  message: z.string(),
  why: z.string(),
  /** Methods that were not chosen, each with the reason. */
  rejected: z.array(z.object({ method: z.string(), why: z.string() })),
  /** The observed state that an approval is bound to. */
  preconditions: z.array(Precondition).min(1),
  steps: z.array(Step).min(1),
  /** How it is taken back; or why it can not be. */
  undo: z.union([z.object({ steps: z.array(UndoStep).min(1) }), z.object({ irreversible: z.string() })]),
  pendingRevert: PendingRevert.optional(),
  /** Who has to go on where the steps end, in words. Such an action ends as handed over: nothing is verified. */
  handoff: z.string().optional(),
  verification: Verification,
  /** Evidence that the proposal rests on. */
  evidence: z.array(z.string()).min(1),
  /** What a person should know before deciding, for example "hooks will not run". */
  warnings: z.array(z.string()),
})
export type Proposal = z.infer<typeof Proposal>

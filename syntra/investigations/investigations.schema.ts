import { Verdict } from '@goalixa/agents/incident/verdict'
import { Scope } from '@goalixa/agents/snapshot/snapshot'
import { pageLimit } from '@goalixa/chassis/page-limit.schema'
import { Evidence, Question } from '@goalixa/tools/evidence'
import { z } from 'zod'

const name = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'a Kubernetes name: lower-case letters, digits, "-" and "."')

/** What a person wants to have investigated: a service or an object of a namespace. */
export const StartInvestigation = z
  .strictObject({
    namespace: name,
    service: name.optional(),
    object: z.strictObject({ kind: z.string().min(1).max(63), name }).optional(),
    reason: z.string().max(1_000).optional(),
  })
  .refine(({ service, object }) => service !== undefined || object !== undefined, {
    error: 'a service or an object',
    path: ['service'],
  })
export type StartInvestigation = z.infer<typeof StartInvestigation>

const time = z.iso.datetime()

export const InvestigationView = z.object({
  id: z.uuid(),
  incidentId: z.uuid(),
  state: z.enum(['queued', 'running', 'waiting', 'done', 'failed']),
  reason: z.string(),
  requestedBy: z.string(),
  /** The state of its action, else the outcome of its verdict. */
  outcome: z.string().nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  scope: Scope.nullable(),
  verdict: Verdict.nullable(),
  verdictDigest: z.string().nullable(),
  actionId: z.uuid().nullable(),
  supersedes: z.uuid().nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  verdictAt: time.nullable(),
  finishedAt: time.nullable(),
  reads: z.object({
    planned: z.number(),
    answered: z.number(),
    /** Those of systems that are not configured included. */
    couldNotRead: z.number(),
    notConfigured: z.number().optional(),
  }),
  /** When the results of its evidence were removed because they were past their retention. */
  evidenceRemovedAt: time.nullable(),
})
export type InvestigationView = z.infer<typeof InvestigationView>

export const EvidenceId = z.string().regex(/^E\d{1,6}$/, 'an id like E1')
export const EvidenceQuery = z.strictObject({
  /** `next` of the page before. */
  after: EvidenceId.default('E0'),
  limit: pageLimit(200),
})

/** One question with its answer, or null while there is none. Past its retention the answer's result is null. */
export const EvidenceView = z.object({
  id: z.string(),
  round: z.number(),
  question: Question,
  answer: Evidence.nullable(),
  removedAt: time.nullable(),
})
export const EvidenceList = z.object({
  evidence: z.array(
    z.object({
      id: z.string(),
      round: z.number(),
      question: z.string(),
      tool: z.string(),
      why: z.string(),
      outcome: z.enum(['read', 'unread', 'open']),
      at: time.nullable(),
      tookMs: z.number().nullable(),
      digest: z.string().nullable(),
      reason: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  ),
  /** `after` of the next page; null on the last. */
  next: EvidenceId.nullable(),
})

/** Whether the engine of today concludes the same from stored evidence. */
export const ReplayResult = z.object({
  same: z.boolean(),
  storedDigest: z.string().nullable(),
  replayedDigest: z.string(),
  stored: Verdict.nullable(),
  replayed: Verdict,
})
export type ReplayResult = z.infer<typeof ReplayResult>

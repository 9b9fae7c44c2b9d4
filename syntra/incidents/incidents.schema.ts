import { ActionState } from '@goalixa/agents/devops/action-state'
import { TimelineKind } from '@goalixa/agents/report/timeline-kinds'
import { pageLimit } from '@goalixa/chassis/page-limit.schema'
import { ActionRisk } from '@goalixa/tools/risk-class'
import { z } from 'zod'

const time = z.iso.datetime()

export const IncidentSummary = z.object({
  id: z.uuid(),
  state: z.enum(['open', 'resolved', 'closed']),
  title: z.string(),
  severity: z.string(),
  namespace: z.string().nullable(),
  service: z.string().nullable(),
  /** What the incident is about, if that is no workload: a node, a volume claim, a scraped target; the alert, if that is about the whole cluster. */
  object: z.object({ kind: z.string(), name: z.string() }).nullable().optional(),
  /** The cluster that its alerts name. */
  cluster: z.string().nullable().optional(),
  openedAt: time,
  activeAt: time,
  resolvedAt: time.nullable(),
  closedAt: time.nullable(),
  alerts: z.object({ firing: z.number(), resolved: z.number() }),
  /** The newest investigation, if there is one. */
  investigation: z
    .object({
      id: z.uuid(),
      state: z.string(),
      outcome: z.string().nullable(),
      message: z.string().nullable(),
    })
    .nullable(),
  /** The newest action, if there is one. */
  action: z.object({ id: z.uuid(), state: ActionState, risk: ActionRisk }).nullable(),
})
export type IncidentSummary = z.infer<typeof IncidentSummary>

export const IncidentView = IncidentSummary.extend({
  alertList: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      status: z.enum(['firing', 'resolved']),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
      startsAt: time,
      endsAt: time.nullable(),
      deliveries: z.number(),
    }),
  ),
  investigations: z.array(
    z.object({
      id: z.uuid(),
      state: z.string(),
      outcome: z.string().nullable(),
      createdAt: time,
      finishedAt: time.nullable(),
      actionId: z.uuid().nullable(),
      actionState: ActionState.nullable(),
    }),
  ),
  /** The outcomes of earlier incidents of the same service. */
  earlier: z.array(
    z.object({
      incidentId: z.uuid(),
      at: time,
      cause: z.string().nullable(),
      remedy: z.string().nullable(),
      outcome: z.string(),
    }),
  ),
})
export type IncidentView = z.infer<typeof IncidentView>

// PostgreSQL rejects text that contains NUL.
const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine(value => !value.includes('\0'), 'text without NUL')

export const IncidentQuery = z.strictObject({
  state: z.enum(['open', 'resolved', 'closed']).optional(),
  namespace: text(253).optional(),
  service: text(253).optional(),
  cluster: text(253).optional(),
  severity: text(63).optional(),
  limit: z.coerce
    .number('a number')
    .int('a whole number')
    .min(1, 'a number of 1 or more')
    .max(200, 'a number of 200 or less')
    .default(50),
  /** `next` of the previous page. */
  after: z.uuid().optional(),
})
export type IncidentQuery = z.infer<typeof IncidentQuery>

export const IncidentPage = z.object({ incidents: z.array(IncidentSummary), next: z.uuid().nullable() })

export const TimelineQuery = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,18}$/, 'the id of a line')
    .default('0'),
  limit: pageLimit(500),
})
export const TimelineView = z.object({
  lines: z.array(
    z.object({
      id: z.string(),
      at: time,
      kind: TimelineKind,
      message: z.string(),
      data: z.record(z.string(), z.json()),
      hash: z.string(),
    }),
  ),
  /** Id of the first entry whose hash does not match the entries before it; null if nothing was tampered with. */
  tamperedAt: z.string().nullable(),
})

import { presentationOf, TimelineKind } from '@goalixa/agents/report/timeline-kinds'
import { z } from 'zod'

/** What a sink is told: one timeline entry and the incident that it belongs to. `id` is the entry's; a repeated delivery carries the same. */
export const Notification = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  kind: TimelineKind,
  severity: z.enum(['info', 'success', 'attention', 'failure']),
  title: z.string(),
  message: z.string(),
  data: z.record(z.string(), z.unknown()),
  incident: z.object({
    id: z.uuid(),
    title: z.string(),
    state: z.string(),
    severity: z.string(),
    namespace: z.string().nullable(),
    service: z.string().nullable(),
    cluster: z.string().nullable(),
  }),
})
export type Notification = z.infer<typeof Notification>

/** The kinds of timeline entries that people are notified of. */
export const NOTIFIED_KINDS = TimelineKind.options.filter(kind => presentationOf(kind).isNotified)

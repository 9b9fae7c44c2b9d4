import { z } from 'zod'
import { parseInSlices } from '../http/parse-in-slices.ts'
import { tolerantArray } from '../http/tolerant-array.ts'
import { LabelName } from '../names.ts'
import { defineTool } from '../tool.ts'
import { reportIncomplete } from './report-incomplete.ts'

/** The result of `kubernetes_list_events`, last seen first. */
export const ListedEvents = z.object({
  events: z.array(
    z.object({
      type: z.string(),
      reason: z.string(),
      message: z.string(),
      object: z.object({ kind: z.string(), namespace: z.string().nullable(), name: z.string() }),
      count: z.number(),
      firstAt: z.string().nullable(),
      lastAt: z.string().nullable(),
    }),
  ),
})
export type ListedEvents = z.infer<typeof ListedEvents>

const time = z.string().nullish()
// Old writers fill count and the two timestamps; new ones (events.k8s.io) eventTime and series.
const RawEvent = z.looseObject({
  type: z.string().nullish(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
  count: z.number().nullish(),
  firstTimestamp: time,
  lastTimestamp: time,
  eventTime: time,
  series: z.looseObject({ count: z.number().nullish(), lastObservedTime: time }).nullish(),
  involvedObject: z.looseObject({
    kind: z.string().default(''),
    namespace: z.string().nullish(),
    name: z.string().default(''),
  }),
})
const RawEvents = tolerantArray(RawEvent)

export const listEvents = defineTool({
  name: 'kubernetes_list_events',
  description: 'Lists the events of one namespace, last seen first.',
  effect: 'read',
  input: z.strictObject({ namespace: LabelName }),
  async run({ namespace }, { kubernetes }, signal): Promise<ListedEvents> {
    const list = await kubernetes.list('Event', namespace, signal)
    reportIncomplete('events', list)
    const parsed = await parseInSlices('Kubernetes', RawEvents, list.objects, signal, { path: 'events' })
    const events = parsed.map(eventOf).map(event => ({ event, lastAt: timeOf(event.lastAt) }))
    return { events: events.toSorted((a, b) => b.lastAt - a.lastAt).map(({ event }) => event) }
  },
})

function eventOf(raw: z.infer<typeof RawEvent>): ListedEvents['events'][number] {
  const { kind, namespace, name } = raw.involvedObject
  return {
    type: raw.type ?? '',
    reason: raw.reason ?? '',
    message: raw.message ?? '',
    object: { kind, namespace: namespace ?? null, name },
    count: raw.series?.count ?? raw.count ?? 1,
    firstAt: raw.firstTimestamp ?? raw.eventTime ?? null,
    lastAt: raw.series?.lastObservedTime ?? raw.lastTimestamp ?? raw.eventTime ?? null,
  }
}

function timeOf(at: string | null): number {
  const time = at === null ? 0 : Date.parse(at)
  return Number.isNaN(time) ? 0 : time
}

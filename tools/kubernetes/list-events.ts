import limitParallel from 'p-limit'
import { z } from 'zod'
import { parseInSlices } from '../http/parse-in-slices.ts'
import { tolerantArray } from '../http/tolerant-array.ts'
import { LabelName, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'
import type { KubernetesClient } from './kubernetes-client.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
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

const PARALLEL_LISTS = 6

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
  input: z.strictObject({
    namespace: LabelName,
    /** Of more events only warnings, kills and scaling are listed, and those of `about`. */
    atMost: z.number().int().min(1).optional(),
    /** Names of objects, whatever their kind. */
    about: z.array(ObjectName).max(50).optional(),
  }),
  async run({ namespace, atMost, about = [] }, { kubernetes }, signal): Promise<ListedEvents> {
    const query = atMost === undefined ? {} : { atMost }
    const list = await kubernetes.list('Event', namespace, signal, query)
    if (!list.isCounted) reportIncomplete('events', list)
    const objects = list.isCounted ? await listNotable(kubernetes, namespace, about, signal) : list.objects
    const parsed = await parseInSlices('Kubernetes', RawEvents, objects, signal, { path: 'events' })
    const events = parsed.map(eventOf).map(event => ({ event, lastAt: timeOf(event.lastAt) }))
    return { events: events.toSorted((a, b) => b.lastAt - a.lastAt).map(({ event }) => event) }
  },
})

// Normal events that say why pods came or went.
const NOTABLE = ['type=Warning', 'reason=Killing', 'reason=ScalingReplicaSet']
const EVENTS_OF_SELECTOR = 200
const EVENTS_OF_OBJECT = 30

async function listNotable(
  kubernetes: KubernetesClient,
  namespace: string,
  about: string[],
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  const limit = limitParallel(PARALLEL_LISTS)
  const select = (fieldSelector: string, count: number) =>
    limit(() => kubernetes.listFirst('Event', namespace, count, { fieldSelector }, signal))
  const lists = await Promise.all([
    ...about.map(name => select(`involvedObject.name=${name}`, EVENTS_OF_OBJECT)),
    ...NOTABLE.map(selector => select(selector, EVENTS_OF_SELECTOR)),
  ])
  const objects = lists.flatMap(list => list.objects)
  return [...new Map(objects.map(object => [object.metadata.name, object])).values()]
}

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

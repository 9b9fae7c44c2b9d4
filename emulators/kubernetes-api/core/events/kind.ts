import { formatAge } from '../../meta/columns.ts'
import type { KubeObject, ObjectReference } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export type Event = KubeObject & {
  involvedObject: ObjectReference
  type?: string
  reason?: string
  message?: string
  count?: number
  firstTimestamp?: string | null
  lastTimestamp?: string | null
  eventTime?: string | null
  source?: { component?: string; host?: string }
  reportingComponent?: string
  reportingInstance?: string
  action?: string
  series?: { count: number; lastObservedTime: string }
}

export const events: ResourceKind<Event> = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  isNamespaced: true,
  model: 'CoreV1Event',
  columns: [
    { name: 'Last Seen', read: (event, now) => formatAge(lastSeenAt(event), now) },
    { name: 'Type', read: event => event.type ?? '' },
    { name: 'Reason', read: event => event.reason ?? '' },
    {
      name: 'Object',
      read: ({ involvedObject: about }) => `${(about?.kind ?? '').toLowerCase()}/${about?.name ?? ''}`,
    },
    { name: 'Subobject', priority: 1, read: event => event.involvedObject?.fieldPath ?? '' },
    {
      name: 'Source',
      priority: 1,
      read: ({ source = {} }) => [source.component, source.host].filter(Boolean).join(', '),
    },
    { name: 'Message', read: event => (event.message ?? '').trim() },
    {
      name: 'First Seen',
      priority: 1,
      read: (event, now) => formatAge(event.firstTimestamp ?? event.eventTime ?? undefined, now),
    },
    { name: 'Count', type: 'integer', priority: 1, read: event => event.series?.count ?? event.count ?? 1 },
    { name: 'Name', priority: 1, format: 'name', read: event => event.metadata.name },
  ],
  fields: ({ involvedObject: about, ...event }) => ({
    'involvedObject.kind': about?.kind ?? '',
    'involvedObject.namespace': about?.namespace ?? '',
    'involvedObject.name': about?.name ?? '',
    'involvedObject.uid': about?.uid ?? '',
    'involvedObject.apiVersion': about?.apiVersion ?? '',
    'involvedObject.resourceVersion': about?.resourceVersion ?? '',
    'involvedObject.fieldPath': about?.fieldPath ?? '',
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent ?? '',
    source: event.source?.component ?? event.reportingComponent ?? '',
    type: event.type ?? '',
  }),
  setDefaults(event) {
    event.involvedObject ??= {}
    event.source ??= {}
    event.eventTime ??= null
    event.reportingComponent ??= ''
    event.reportingInstance ??= ''
  },
}

/** Returns when the event was last seen. */
export function lastSeenAt(event: Event): string {
  return (
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    event.metadata.creationTimestamp
  )
}

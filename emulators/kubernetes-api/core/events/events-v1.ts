import { formatAge } from '../../meta/columns.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import type { VersionConversion } from '../../meta/version-conversion.ts'
import type { Event } from './kind.ts'
import { events, lastSeenAt } from './kind.ts'

const kind: ResourceKind = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  isNamespaced: true,
  model: 'EventsV1Event',
  columns: [
    { name: 'Last Seen', read: (event, now) => formatAge(lastSeenAt(toStorage(event) as Event), now) },
    { name: 'Type', read: event => String(event.type ?? '') },
    { name: 'Reason', read: event => String(event.reason ?? '') },
    { name: 'Object', read: event => objectText(toStorage(event) as Event) },
    { name: 'Message', read: event => String(event.note ?? '') },
  ],
  fields: event => {
    const stored = events.fields?.(toStorage(event) as Event) ?? {}
    return Object.fromEntries(
      Object.entries(stored).map(([key, value]) => [key.replace('involvedObject.', 'regarding.'), value]),
    )
  },
}

/** Converts Events to events.k8s.io/v1. */
export const eventsV1: VersionConversion = {
  kind,
  storageKind: events as ResourceKind,
  fromStorage,
  toStorage,
}

function objectText({ involvedObject }: Event): string {
  return `${(involvedObject?.kind ?? '').toLowerCase()}/${involvedObject?.name ?? ''}`
}

// The fields with another name in events.k8s.io/v1.
const EVENT_NAMES = {
  message: 'note',
  involvedObject: 'regarding',
  reportingComponent: 'reportingController',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
} as const

const STORAGE_NAMES = Object.fromEntries(Object.entries(EVENT_NAMES).map(([stored, name]) => [name, stored]))

function fromStorage(event: KubeObject): KubeObject {
  return { ...renameFields(event, EVENT_NAMES), apiVersion: 'events.k8s.io/v1' }
}

function toStorage(event: KubeObject): KubeObject {
  return { ...renameFields(event, STORAGE_NAMES), apiVersion: 'v1' }
}

function renameFields(object: KubeObject, names: Record<string, string>): KubeObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [names[key] ?? key, value]),
  ) as KubeObject
}

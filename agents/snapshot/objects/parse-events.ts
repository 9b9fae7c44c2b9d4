import type { Evidence } from '@goalixa/tools/evidence'
import type { Snapshot } from '../snapshot.ts'
import { listAt, numberAt, stringAt } from './json-path.ts'

/** The events in one answer. */
export function eventsOf({ id, question, result }: Evidence): Snapshot['events'] {
  if (question.tool !== 'kubernetes_list_events') return []
  return listAt(result, 'events').map(event => ({
    evidence: id,
    type: stringAt(event, 'type') ?? '',
    reason: stringAt(event, 'reason') ?? '',
    message: stringAt(event, 'message') ?? '',
    object: {
      kind: stringAt(event, 'object.kind') ?? '',
      namespace: stringAt(event, 'object.namespace'),
      name: stringAt(event, 'object.name') ?? '',
    },
    count: numberAt(event, 'count') ?? 1,
    firstAt: stringAt(event, 'firstAt'),
    lastAt: stringAt(event, 'lastAt'),
  }))
}

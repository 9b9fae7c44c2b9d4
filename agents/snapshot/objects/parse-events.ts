import type { Evidence } from '@goalixa/tools/evidence'
import type { Snapshot } from '../snapshot.ts'
import { listAt, numberAt, stringAt } from './json-path.ts'

/** The events in one answer. */
export function eventsOf({ id, question, result }: Evidence): Snapshot['events'] {
  if (question.tool !== 'kubernetes_list_events') return []
  return listAt(result, 'events').map(one => ({
    evidence: id,
    type: stringAt(one, 'type') ?? '',
    reason: stringAt(one, 'reason') ?? '',
    message: stringAt(one, 'message') ?? '',
    object: {
      kind: stringAt(one, 'object.kind') ?? '',
      namespace: stringAt(one, 'object.namespace'),
      name: stringAt(one, 'object.name') ?? '',
    },
    count: numberAt(one, 'count') ?? 1,
    firstAt: stringAt(one, 'firstAt'),
    lastAt: stringAt(one, 'lastAt'),
  }))
}

import type { Evidence } from '@goalixa/tools/evidence'
import type { Snapshot } from '../snapshot.ts'
import { listAt, numberAt, textAt } from './json-path.ts'

/** The events in one answer. */
export function eventsOf({ id, question, result }: Evidence): Snapshot['events'] {
  if (question.tool !== 'kubernetes_list_events') return []
  return listAt(result, 'events').map(one => ({
    evidence: id,
    type: textAt(one, 'type') ?? '',
    reason: textAt(one, 'reason') ?? '',
    message: textAt(one, 'message') ?? '',
    object: {
      kind: textAt(one, 'object.kind') ?? '',
      namespace: textAt(one, 'object.namespace'),
      name: textAt(one, 'object.name') ?? '',
    },
    count: numberAt(one, 'count') ?? 1,
    firstAt: textAt(one, 'firstAt'),
    lastAt: textAt(one, 'lastAt'),
  }))
}

import { type Evidence, readCut } from '@goalixa/tools/evidence'
import { qualifyRepositories } from '../legacy/qualify-repositories.ts'
import { buildCallGraph } from './call-graph.ts'
import { collectChanges } from './changes/collect-changes.ts'
import { isoOf, secondsOf } from './clock.ts'
import { indexEvidence } from './index-evidence.ts'
import { addRelations, type SnapshotView } from './index-snapshot.ts'
import { logOf } from './logs/parse-log.ts'
import { listAt, numberAt, stringAt } from './objects/json-path.ts'
import { eventsOf } from './objects/parse-events.ts'
import { objectsOf } from './objects/parse-objects.ts'
import { seriesOf } from './series/parse-series.ts'
import type { ReadEvidence, Scope, Snapshot } from './snapshot.ts'
import { findUnknownCluster } from './unknown-cluster.ts'

/** Tools whose answers have a place of their own in the snapshot. */
const PLACED = new Set([
  'kubernetes_list_objects',
  'kubernetes_get_object',
  'kubernetes_list_events',
  'kubernetes_read_logs',
  'prometheus_query_range',
])

/** The snapshot of recorded reads. Pure: the same evidence gives the same snapshot. */
export function buildSnapshot(scope: Scope, evidence: readonly Evidence[]): Snapshot {
  return buildView(scope, evidence).snapshot
}

/** The snapshot with its indexes: changes and calls are derived from the index of the evidence and added to it. */
export function buildView(scope: Scope, evidence: readonly Evidence[]): SnapshotView {
  const index = indexEvidence(readEvidence(scope, qualifyRepositories(evidence)))
  return addRelations(index, { changes: collectChanges(index), edges: buildCallGraph(index) })
}

function readEvidence(scope: Scope, evidence: readonly Evidence[]): ReadEvidence {
  const answers = evidence.filter(({ outcome }) => outcome === 'read')
  const reads = answers.map(({ id, question, result }) => ({
    evidence: id,
    question: question.id,
    tool: question.tool,
    args: question.args,
    result: PLACED.has(question.tool) ? null : result,
  }))
  const ends = evidence.map(({ at, tookMs }) => (secondsOf(at) ?? 0) + tookMs / 1000)
  return {
    scope,
    at: ends.length === 0 ? scope.since : isoOf(Math.max(...ends)),
    objects: answers.flatMap(objectsOf),
    events: answers.flatMap(eventsOf),
    logs: answers.flatMap(logOf),
    series: answers.flatMap(seriesOf),
    counted: answers.flatMap(countedIn),
    unread: [...evidence.flatMap(unreadOf), ...findUnknownCluster(scope, reads)],
    reads,
  }
}

function countedIn({ id, result }: Evidence): Snapshot['counted'] {
  return listAt(result, 'counted').flatMap(entry => {
    const kind = stringAt(entry, 'kind')
    return kind === null
      ? []
      : [
          {
            evidence: id,
            kind,
            total: numberAt(entry, 'total') ?? 0,
            listed: numberAt(entry, 'listed') ?? 0,
          },
        ]
  })
}

/** An answer may be partial: kinds that the API refused and lists that were truncated are as unread as a read that failed. */
function unreadOf(evidence: Evidence): Snapshot['unread'] {
  const { id, question, outcome, reason, result } = evidence
  const read = { evidence: id, question: question.id, tool: question.tool }
  if (outcome === 'unread')
    return [{ ...read, ...codeOf(reason?.code), reason: reason?.message ?? 'no reason given' }]
  const refused = listAt(result, 'refused').map(refusal => ({
    part: stringAt(refusal, 'kind') ?? '?',
    ...codeOf(stringAt(refusal, 'code')),
    reason: stringAt(refusal, 'reason') ?? 'refused',
  }))
  return [...refused, ...truncatedParts(evidence)].map(lack => ({ ...read, ...lack }))
}

function codeOf(code: string | null | undefined): { code?: string } {
  return code ? { code } : {}
}

/** Which kinds, or which list, lost items to the size limit of answers. A long text that lost its end is not counted. */
function truncatedParts({ question, cut }: Evidence): { part: string; reason: string }[] {
  return cut.flatMap(entry => {
    const list = readCut(entry)
    if (list === null || (list.unit !== 'items' && list.unit !== 'bytes')) return []
    const { path, unit, kept, total, note } = list
    const reason =
      unit === 'bytes'
        ? `only ${kept} bytes were read, because of the size limit of answers`
        : `${total - kept} of ${total} items ${note ?? 'left out by the size limit of answers'}`
    const kinds = path === 'objects' ? listAt(question.args, 'kinds') : []
    const parts = kinds.filter(kind => typeof kind === 'string')
    return (parts.length === 0 ? [path] : parts).map(part => ({ part, reason }))
  })
}

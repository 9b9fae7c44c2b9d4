import { secondsOf } from '../clock.ts'
import type { EvidenceIndex } from '../index-evidence.ts'
import { recordAt, stringMapAt } from '../objects/json-path.ts'
import type { Revision, Workload } from '../objects/workload.ts'
import type { Snapshot } from '../snapshot.ts'
import { toSingleLine } from '../text/to-single-line.ts'
import { type Difference, diffJson } from './diff-json.ts'

/** Each step from one ReplicaSet revision of a Deployment to the next, with what differs in the pod template. */
export function rolloutChanges(index: EvidenceIndex): Snapshot['changes'] {
  return index.workloads.flatMap(workload => {
    const revisions = index.revisionsOf(workload)
    return revisions.slice(0, -1).flatMap((revision, position) => {
      const previous = revisions[position + 1]
      const at = startOf(index, workload, revision, previous)
      if (previous === undefined || at === null) return []
      const diff = diffJson(plain(previous.template), plain(revision.template))
      return [
        {
          evidence: [...new Set([revision.evidence, previous.evidence])],
          kind: 'rollout' as const,
          subject: { kind: workload.kind, namespace: workload.namespace, name: workload.name },
          at,
          by: null,
          from: String(previous.number),
          to: String(revision.number),
          summary: `${workload.name} revision ${previous.number} → ${revision.number}: ${inWords(diff)}`,
          diff,
        },
      ]
    })
  })
}

/** A rollback reuses an old ReplicaSet: then its own age says nothing and the youngest pod's does. */
function startOf(
  index: EvidenceIndex,
  workload: Workload,
  revision: Revision,
  previous: Revision | undefined,
): string | null {
  const created = secondsOf(revision.createdAt)
  const before = secondsOf(previous?.createdAt)
  if (created === null || before === null || created >= before) return revision.createdAt
  const births = index
    .podsOf(workload)
    .filter(pod => pod.revision === revision.hash)
    .flatMap(pod => pod.createdAt ?? [])
  return births.toSorted()[0] ?? revision.createdAt
}

function plain(template: Record<string, unknown>): Record<string, unknown> {
  const { 'pod-template-hash': _hash, ...labels } = stringMapAt(template, 'metadata.labels')
  return { ...template, metadata: { ...recordAt(template, 'metadata'), labels, creationTimestamp: null } }
}

function inWords(diff: Difference[]): string {
  if (diff.length === 0) return 'same template'
  const some = diff.slice(0, 3).map(one => `${lastOf(one.path)} ${short(one.before)} → ${short(one.after)}`)
  return some.join(', ') + (diff.length > 3 ? ` and ${diff.length - 3} more` : '')
}

function lastOf(path: string): string {
  return path.replace(/^spec\.containers\.\[[^\]]*\]\./, '')
}

function short(value: unknown): string {
  return toSingleLine(typeof value === 'string' ? value : JSON.stringify(value), 70)
}

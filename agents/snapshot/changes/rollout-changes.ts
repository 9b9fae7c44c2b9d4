import { secondsOf } from '../clock.ts'
import type { EvidenceIndex } from '../index-evidence.ts'
import { recordAt, stringMapAt } from '../objects/json-path.ts'
import type { Revision, Workload } from '../objects/workload.ts'
import type { Snapshot } from '../snapshot.ts'
import { toSingleLine } from '../text/to-single-line.ts'
import { type Difference, diffJson } from './diff-json.ts'

/** Each step from one ReplicaSet revision of a Deployment to the next, with the diff of the pod template. */
export function findRolloutChanges(index: EvidenceIndex): Snapshot['changes'] {
  return index.workloads.flatMap(workload => {
    const revisions = index.revisionsOf(workload)
    return revisions.slice(0, -1).flatMap((revision, position) => {
      const previous = revisions[position + 1]
      const at = startTimeOf(index, workload, revision, previous)
      if (previous === undefined || at === null) return []
      const diff = diffJson(comparableTemplate(previous.template), comparableTemplate(revision.template))
      return [
        {
          evidence: [...new Set([revision.evidence, previous.evidence])],
          kind: 'rollout' as const,
          subject: { kind: workload.kind, namespace: workload.namespace, name: workload.name },
          at,
          by: null,
          from: String(previous.number),
          to: String(revision.number),
          summary: `${workload.name} revision ${previous.number} → ${revision.number}: ${summarize(diff)}`,
          diff,
        },
      ]
    })
  })
}

/** A rollback reuses an old ReplicaSet: then the rollout began with its oldest pod and not when the ReplicaSet was created. */
function startTimeOf(
  index: EvidenceIndex,
  workload: Workload,
  revision: Revision,
  previous: Revision | undefined,
): string | null {
  const created = secondsOf(revision.createdAt)
  const before = secondsOf(previous?.createdAt)
  if (created === null || before === null || created >= before) return revision.createdAt
  const podTimes = index
    .podsOf(workload)
    .filter(pod => pod.revision === revision.hash)
    .flatMap(pod => pod.createdAt ?? [])
  return podTimes.toSorted()[0] ?? revision.createdAt
}

function comparableTemplate(template: Record<string, unknown>): Record<string, unknown> {
  const { 'pod-template-hash': _hash, ...labels } = stringMapAt(template, 'metadata.labels')
  return { ...template, metadata: { ...recordAt(template, 'metadata'), labels, creationTimestamp: null } }
}

function summarize(diff: Difference[]): string {
  if (diff.length === 0) return 'same template'
  const shown = diff
    .slice(0, 3)
    .map(({ path, before, after }) => `${shortPath(path)} ${shortValue(before)} → ${shortValue(after)}`)
  return shown.join(', ') + (diff.length > 3 ? ` and ${diff.length - 3} more` : '')
}

function shortPath(path: string): string {
  return path.replace(/^spec\.containers\.\[[^\]]*\]\./, '')
}

function shortValue(value: unknown): string {
  return toSingleLine(typeof value === 'string' ? value : JSON.stringify(value), 70)
}

import { findingKey } from './finding-key.ts'
import type { FindingOf } from './finding-shape.ts'

/** Deduplicates findings by their identity: each keeps its first message, its earliest onset and all its evidence. */
export function mergeFindings<Finding extends FindingOf<string>>(findings: Finding[]): Finding[] {
  return [...Map.groupBy(findings, findingKey).values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const onsets = group.flatMap(finding => finding.onset ?? []).toSorted()
    const evidence = [...new Set(group.flatMap(finding => finding.evidence))]
    return [{ ...first, onset: onsets[0] ?? null, evidence }]
  })
}

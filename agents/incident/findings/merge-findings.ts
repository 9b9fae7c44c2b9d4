import { findingKey } from './finding-key.ts'
import type { FindingOf } from './finding-shape.ts'

/** Each finding once, with all its evidence, its earliest onset and its first message. */
export function mergeFindings<Finding extends FindingOf<string>>(findings: Finding[]): Finding[] {
  return [...Map.groupBy(findings, findingKey).values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const onsets = group.flatMap(finding => finding.onset ?? []).toSorted()
    const evidence = [...new Set(group.flatMap(finding => finding.evidence))]
    return [{ ...first, onset: onsets[0] ?? null, evidence }]
  })
}

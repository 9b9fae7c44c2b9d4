import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Finding } from '../finding.ts'
import { ANALYSERS } from './registry.ts'

/** The findings of all analysers, each with the evidence that shows it. Throws where an analyser cites none. */
export function runAnalysers(view: SnapshotView): Finding[] {
  const findings = Object.values(ANALYSERS).flatMap((analyser): Finding[] => analyser.run(view))
  for (const { code, evidence } of findings)
    if (evidence.length === 0 || evidence.includes('')) throw new Error(`Finding ${code} cites no evidence.`)
  return findings
}

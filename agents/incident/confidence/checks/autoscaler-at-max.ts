import { cardOf } from '../../analysers/registry.ts'
import type { ConfidenceCheck } from '../check.ts'

/** An autoscaler that may not add more replicas, where the requests go, agrees that it is the load. */
export const autoscalerAtMax: ConfidenceCheck = ({ chain: { root, explained }, findings }) => {
  if (cardOf(root.code).kind !== 'load') return []
  const felt = [root, ...explained].map(one => one.service)
  const limited = findings.find(
    finding => finding.code === 'AUTOSCALER_AT_LIMIT' && felt.includes(finding.service),
  )
  return limited === undefined
    ? []
    : [{ side: 'for', code: 'AUTOSCALER_AGREES', message: limited.message, evidence: limited.evidence }]
}

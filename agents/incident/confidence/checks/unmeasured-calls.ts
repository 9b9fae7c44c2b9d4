import { cardOf } from '../../analysers/registry.ts'
import type { ConfidenceCheck } from '../check.ts'
import { isServiceFailing } from '../is-service-failing.ts'

/** "Its own" means that its calls do not explain it; where nobody measures its calls, others that are sick may. */
export const unmeasuredCalls: ConfidenceCheck = ({ view, chain: { root, explained }, findings }) => {
  const { service } = root
  if (service === null || cardOf(root.code).basis !== 'self-share') return []
  const isMeasured = view.callees(service).some(callee => callee !== service)
  const reached = new Set([root, ...explained].map(one => one.service))
  const sick = findings.filter(
    finding => finding.service !== null && !reached.has(finding.service) && isServiceFailing(finding),
  )
  if (isMeasured || sick.length === 0) return []
  const names = [...new Set(sick.map(one => one.service))].join(', ')
  const message = `nothing tells whom ${service} calls, so it may suffer from ${names}`
  return [
    {
      side: 'against',
      code: 'CALLS_NOT_MEASURED',
      message,
      evidence: [...new Set(sick.flatMap(one => one.evidence))],
    },
  ]
}

import type { ConfidenceCheck } from '../check.ts'
import { isServiceFailing } from '../is-service-failing.ts'

/** Services that the root does not reach are the control group: they should be well. */
export const unaffectedServices: ConfidenceCheck = ({ view, chain, findings }) => {
  const reached = new Set([chain.root, ...chain.explained].map(one => one.service))
  const others = [...new Set(view.workloads.map(workload => workload.service))].filter(
    service => !reached.has(service),
  )
  const sick = findings.filter(
    finding => finding.service !== null && others.includes(finding.service) && isServiceFailing(finding),
  )
  if (sick.length > 0) {
    const names = [...new Set(sick.map(one => one.service))].join(', ')
    const evidence = [...new Set(sick.flatMap(one => one.evidence))]
    const message = `trouble elsewhere that this does not explain: ${names}`
    return [{ side: 'against', code: 'OTHERS_SICK_TOO', message, evidence }]
  }
  const healthy = view.workloads.filter(
    workload => others.includes(workload.service) && workload.ready >= (workload.desired ?? 0),
  )
  if (healthy.length === 0) return []
  const evidence = [...new Set(healthy.map(one => one.evidence))]
  const message = `unharmed where it does not reach: ${healthy.map(one => one.name).join(', ')}`
  return [{ side: 'for', code: 'SIBLINGS_HEALTHY', message, evidence }]
}

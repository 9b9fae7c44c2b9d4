import { inNames, reachOf } from '../../../snapshot/dependency-reach.ts'
import { isExternalDependency } from '../../findings/subject.ts'
import type { ConfidenceCheck } from '../check.ts'

/** Whether it is the dependency or the one who asks: what others that need it see, named one by one. */
export const dependencyReachability: ConfidenceCheck = ({ view, chain: { root } }) => {
  if (!isExternalDependency(root.subject)) return []
  const { failing, reaching } = reachOf(view, root.subject.name)
  const evidence = [...new Set([...failing, ...reaching].flatMap(one => one.evidence))]
  if (evidence.length === 0) return []
  if (reaching.length > 0) {
    const message = `${inNames(reaching)} reach it, ${inNames(failing) || 'others'} do not`
    return [{ side: 'against', code: 'OTHERS_REACH_IT', message, evidence }]
  }
  const isSeveral = new Set(failing.map(one => `${one.service} ${one.revision}`)).size > 1
  const message = `nobody who needs it reaches it: ${inNames(failing)}`
  return isSeveral ? [{ side: 'for', code: 'NOBODY_REACHES_IT', message, evidence }] : []
}

import { hasControlGroup } from '../../../signals/has-control-group.ts'
import { cardOf } from '../../analysers/registry.ts'
import type { ConfidenceCheck } from '../check.ts'

/** Old pods that do well beside new ones under the same load show that the load is not it. */
export const stableRevisionUnderSameLoad: ConfidenceCheck = ({ view, chain, findings }) => {
  if (cardOf(chain.root.code).kind !== 'load') return []
  const felt = [chain.root, ...chain.explained].map(one => one.service)
  const compared = findings.filter(({ code, service }) => {
    const { revisionSignal } = cardOf(code)
    return (
      revisionSignal !== undefined && felt.includes(service) && hasControlGroup(view, service, revisionSignal)
    )
  })
  const evidence = [...new Set(compared.flatMap(one => one.evidence))]
  if (compared.length === 0) return []
  const names = [...new Set(compared.map(one => one.subject.name))].join(', ')
  const message = `pods of the old revision of ${names} bear the same load`
  return [{ side: 'against', code: 'OLD_PODS_BEAR_IT', message, evidence }]
}

import { joinWords } from '@goalixa/chassis/join-words'
import { hasControlGroup } from '../../../signals/has-control-group.ts'
import { mergeNeeds, WORKLOADS } from '../../../snapshot/needs.ts'
import { cardOf } from '../../analysers/registry.ts'
import { type ArgumentOf, type CheckContext, defineCheck } from '../define-check.ts'

/** Whether a higher load can be the cause. */
export const load = defineCheck({
  needs: mergeNeeds(WORKLOADS, {
    kinds: ['ReplicaSet'],
    signals: ['error-ratio-by-revision', 'latency-mean-by-revision'],
  }),
  arguments: { OLD_REVISION_BEARS_LOAD: 'against', AUTOSCALER_AT_LIMIT: 'for' },
  run: context => {
    if (cardOf(context.chain.root.code).kind !== 'load') return []
    return [...oldRevisionBearsLoad(context), ...autoscalerAtLimit(context)]
  },
})

/** Old pods that are healthy beside new ones under the same load show that the load is not the cause. */
function oldRevisionBearsLoad({
  view,
  chain,
  findings,
}: CheckContext): ArgumentOf<'OLD_REVISION_BEARS_LOAD'>[] {
  const affected = affectedServices(chain)
  const compared = findings.filter(({ code, service }) => {
    const { revisionSignal } = cardOf(code)
    const isAffected = revisionSignal !== undefined && affected.includes(service)
    return isAffected && hasControlGroup(view, service, revisionSignal)
  })
  if (compared.length === 0) return []
  const names = joinWords([...new Set(compared.map(({ subject }) => subject.name))])
  const message = `pods of the previous revision of ${names} handle the same load`
  const evidence = [...new Set(compared.flatMap(finding => finding.evidence))]
  return [{ code: 'OLD_REVISION_BEARS_LOAD', message, evidence }]
}

/** An autoscaler that cannot add replicas to a service that receives the requests. */
function autoscalerAtLimit({ chain, findings }: CheckContext): ArgumentOf<'AUTOSCALER_AT_LIMIT'>[] {
  const affected = affectedServices(chain)
  const limited = findings.find(
    ({ code, service }) => code === 'AUTOSCALER_AT_LIMIT' && affected.includes(service),
  )
  if (limited === undefined) return []
  return [{ code: 'AUTOSCALER_AT_LIMIT', message: limited.message, evidence: limited.evidence }]
}

function affectedServices({ root, explained }: CheckContext['chain']): (string | null)[] {
  return [root, ...explained].map(finding => finding.service)
}

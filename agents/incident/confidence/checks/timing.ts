import { secondsOf } from '../../../snapshot/clock.ts'
import { PODS } from '../../../snapshot/needs.ts'
import { cardOf } from '../../analysers/registry.ts'
import { type ArgumentOf, type CheckContext, defineCheck } from '../define-check.ts'

/** Temporal precedence: whether the onsets are in the order of cause and effect. */
export const timing = defineCheck({
  needs: PODS,
  arguments: { TEMPORAL_PRECEDENCE: 'for', EFFECT_BEFORE_CAUSE: 'against', DELAYED_ONSET: 'against' },
  run: context => [...temporalPrecedence(context), ...delayedOnset(context)],
})

/** A cause begins before its effects, within the tolerance for clocks and scrapes. */
function temporalPrecedence({
  view,
  chain: { links },
}: CheckContext): ArgumentOf<'TEMPORAL_PRECEDENCE' | 'EFFECT_BEFORE_CAUSE'>[] {
  const [root] = links
  const known = links.filter(link => secondsOf(link.onset) !== null)
  if (known.length < 2 || known[0] !== root) return []
  const start = (secondsOf(root?.onset) ?? 0) - view.toleranceSeconds
  const isFirst = known.every(link => (secondsOf(link.onset) ?? 0) >= start)
  const evidence = [...new Set(known.flatMap(link => link.evidence))]
  return [
    isFirst
      ? { code: 'TEMPORAL_PRECEDENCE', message: 'the onset of the cause precedes every effect', evidence }
      : { code: 'EFFECT_BEFORE_CAUSE', message: 'an effect began before the onset of the cause', evidence },
  ]
}

/** A release mostly breaks things at once: new pods that served all traffic without the fault for a while count against it as the cause. */
function delayedOnset({ view, chain: { root }, change }: CheckContext): ArgumentOf<'DELAYED_ONSET'>[] {
  const { revisionSignal, basis } = cardOf(root.code)
  const workload = view.workloadNamed(root.subject.name)
  const onset = secondsOf(root.onset)
  if (revisionSignal === undefined || basis !== 'self-share' || change?.kind !== 'rollout') return []
  if (workload === undefined || onset === null) return []
  const [newest] = view.revisionsOf(workload)
  const pods = view.livePodsOf(workload)
  const wereHealthy = pods.every(pod => {
    const ready = secondsOf(pod.readyChangedAt)
    return pod.revision === newest?.hash && ready !== null && ready <= onset - 2 * view.toleranceSeconds
  })
  if (pods.length === 0 || !wereHealthy) return []
  const message = `all pods of revision ${newest?.number ?? '?'} served without the fault before its onset`
  return [{ code: 'DELAYED_ONSET', message, evidence: pods.map(pod => pod.evidence) }]
}

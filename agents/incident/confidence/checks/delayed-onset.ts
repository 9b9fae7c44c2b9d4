import { secondsOf } from '../../../snapshot/clock.ts'
import { cardOf } from '../../analysers/registry.ts'
import type { ConfidenceCheck } from '../check.ts'

/** What a release breaks it mostly breaks at once: pods that took all the load and were well for a while speak for it. */
export const delayedOnset: ConfidenceCheck = ({ view, chain: { root }, change }) => {
  const workload = view.workloadNamed(root.subject.name)
  const onset = secondsOf(root.onset)
  const { revisionSignal, basis } = cardOf(root.code)
  if (revisionSignal === undefined || basis !== 'self-share' || change?.kind !== 'rollout') return []
  if (workload === undefined || onset === null) return []
  const [newest] = view.revisionsOf(workload)
  const pods = view.livePodsOf(workload)
  const wereWell = pods.every(pod => {
    const ready = secondsOf(pod.readyChangedAt)
    return pod.revision === newest?.hash && ready !== null && ready <= onset - 2 * view.toleranceSeconds
  })
  if (pods.length === 0 || !wereWell) return []
  const message = `all pods of revision ${newest?.number ?? '?'} served and were well before it began`
  return [{ side: 'against', code: 'SERVED_WELL_FIRST', message, evidence: pods.map(pod => pod.evidence) }]
}

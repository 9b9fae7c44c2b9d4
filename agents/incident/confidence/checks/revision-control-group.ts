import { pluralize } from '@goalixa/chassis/pluralize'
import type { SnapshotView } from '../../../snapshot/index-snapshot.ts'
import { cardOf } from '../../analysers/registry.ts'
import type { Finding } from '../../verdict.ts'
import type { CheckResult, ConfidenceCheck } from '../check.ts'

/** Old pods that are fine beside new ones that are not are the strongest evidence against a release, and the reverse. */
export const revisionControlGroup: ConfidenceCheck = ({ view, chain: { root }, change }) => {
  const workload = view.workloadNamed(root.subject.name)
  if (change?.kind !== 'rollout' || workload === undefined) return []
  const [newest] = view.revisionsOf(workload)
  const pods = view.livePodsOf(workload)
  const old = pods.filter(pod => pod.revision !== newest?.hash)
  const fresh = pods.filter(pod => pod.revision === newest?.hash)
  if (old.length === 0 || fresh.length === 0) return comparedInTime(view, root)
  const isOldFine = old.every(pod => pod.isReady !== false)
  const isNewBad = fresh.some(
    pod => pod.isReady === false || pod.containers.some(container => container.restarts > 0),
  )
  if (!isNewBad) return []
  const evidence = [...new Set([...old, ...fresh].map(pod => pod.evidence))]
  const healthy = `healthy beside it: ${pluralize(old.length, 'pod')} of the old revision`
  return isOldFine
    ? [{ side: 'for', code: 'OLD_PODS_HEALTHY', message: healthy, evidence }]
    : [
        {
          side: 'against',
          code: 'OLD_PODS_TOO',
          message: 'pods of the old revision have trouble as well',
          evidence,
        },
      ]
}

/** Where no old pod is left, the series of both revisions are compared one after the other. */
function comparedInTime(view: SnapshotView, root: Finding): CheckResult[] {
  const { revisionSignal, basis } = cardOf(root.code)
  if (revisionSignal === undefined || basis !== 'self-share') return []
  const series = view.series(revisionSignal).filter(series => series.labels.service === root.service)
  if (series.length < 2) return []
  const evidence = [...new Set(series.map(series => series.evidence))]
  const message = 'the new revision does worse than the old one did'
  return [{ side: 'for', code: 'NEW_REVISION_WORSE', message, evidence }]
}

import { scaled, secondsOf } from '../../snapshot/clock.ts'
import type { Located } from '../../snapshot/index-evidence.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { serviceOfPod } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

/** How long, in seconds, a claim may wait for its external provisioner. */
const PROVISIONING_SECONDS = 300

/** Claims that get no volume, or whose volume is gone. A claim that waits for its first pod by design is no fault. */
export const claims = defineAnalyser({
  needs: mergeNeeds(PODS, { kinds: ['PersistentVolumeClaim'], reads: ['events'] }),
  findings: {
    VOLUME_CLAIM_UNBOUND: {
      title: 'A PersistentVolumeClaim has no volume, so that its pods do not start.',
      layer: 'infrastructure',
      kind: 'environment',
      basis: 'observation',
      effects: ['start', 'down'],
      cause: { plain: 'VOLUME_CLAIM_UNBOUND' },
      mechanism: null,
      advice: 'Check the storage class of the claim and its provisioner, or provide a volume.',
    },
  },
  run: view => view.objectsOf('PersistentVolumeClaim').flatMap(claim => findUnbound(view, claim)),
})

function findUnbound(view: SnapshotView, { evidence, object }: Located): FindingOf<'VOLUME_CLAIM_UNBOUND'>[] {
  const { name, namespace = null } = object.metadata
  const phase = stringAt(object, 'status.phase')
  const createdAt = stringAt(object, 'metadata.creationTimestamp')
  const waited = view.at - (secondsOf(createdAt) ?? view.at)
  const events = view.eventsOn('PersistentVolumeClaim', name)
  const failure = events.findLast(
    ({ type, reason }) =>
      type === 'Warning' ||
      reason === 'FailedBinding' ||
      // A provisioner that exists answers within seconds.
      (reason === 'ExternalProvisioning' && waited >= scaled(view.scope, PROVISIONING_SECONDS, 60)),
  )
  const isPending = phase === 'Pending' && waited >= view.patienceSeconds && failure !== undefined
  if (phase !== 'Lost' && !isPending) return []
  const storageClass = stringAt(object, 'spec.storageClassName')
  const why = failure === undefined ? 'its volume does not exist' : quote(failure.message)
  const user = view.pods.find(pod =>
    listAt(pod.object, 'spec.volumes').some(
      volume => stringAt(volume, 'persistentVolumeClaim.claimName') === name,
    ),
  )
  return [
    {
      code: 'VOLUME_CLAIM_UNBOUND',
      subject: { kind: 'PersistentVolumeClaim', namespace, name },
      service: user === undefined ? null : serviceOfPod(view, user),
      onset: failure?.firstAt ?? createdAt,
      message: `PersistentVolumeClaim ${name}${storageClass === null ? '' : ` of class ${storageClass}`} is ${phase}: ${why}`,
      evidence: [
        ...new Set([
          evidence,
          ...(failure === undefined ? [] : [failure.evidence]),
          ...(user === undefined ? [] : [user.evidence]),
        ]),
      ],
    },
  ]
}

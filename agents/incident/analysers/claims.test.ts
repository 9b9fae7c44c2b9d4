import { expect, it } from 'vitest'
import { investigate } from '../../testing/investigate.ts'
import { iso, NAMESPACE, podOf } from '../../testing/kube.ts'
import { addAlert, healthyWorld, NOW } from '../../testing/sample-cluster.ts'

const UNBOUND = '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.'

/** The verdict of an alert in a cluster where a bare pod is Pending and its claim has this phase and event. */
function verdictOf(labels: Record<string, string>, phase: string, event?: { type: string; reason: string }) {
  const world = healthyWorld()
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-0' } }]
  const scheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: UNBOUND }
  world.objects.push(
    podOf('odd-1', null, 'Pending', { conditions: [scheduled] }, { nodeName: undefined, volumes }),
    {
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data-0', namespace: NAMESPACE, creationTimestamp: iso(NOW - 900) },
      spec: { storageClassName: 'fast' },
      status: { phase },
    },
  )
  if (event !== undefined)
    world.events.push({
      ...event,
      message: 'storageclass.storage.k8s.io "fast" not found',
      object: { kind: 'PersistentVolumeClaim', namespace: NAMESPACE, name: 'data-0' },
      count: 30,
      firstAt: iso(NOW - 890),
      lastAt: iso(NOW - 5),
    })
  addAlert(world, 'Anything', labels, NOW - 10)
  return investigate(world).verdict
}

const FAILED = { type: 'Warning', reason: 'ProvisioningFailed' }

it.each([
  [{ pod: 'odd-1' }, 'Pending', FAILED],
  [{ persistentvolumeclaim: 'data-0' }, 'Pending', FAILED],
  [{ persistentvolumeclaim: 'data-0' }, 'Lost', undefined],
  [{ pod: 'odd-1' }, 'Pending', { type: 'Normal', reason: 'ExternalProvisioning' }],
] as [Record<string, string>, string, typeof FAILED | undefined][])(
  'a claim without a volume explains an alert about %j (%s)',
  (labels, phase, event) => {
    const { causes } = verdictOf(labels, phase, event)
    expect(causes[0]).toMatchObject({ code: 'VOLUME_CLAIM_UNBOUND', subject: { name: 'data-0' } })
    expect(causes[0]?.message).toContain(
      event === undefined ? 'its volume does not exist' : '"fast" not found',
    )
  },
)

it.each([
  ['Pending', { type: 'Normal', reason: 'WaitForFirstConsumer' }],
  ['Bound', FAILED],
])('a claim that is %s with event %j is no fault', (phase, event) => {
  const { findings } = verdictOf({ pod: 'odd-1' }, phase, event)
  expect(findings.map(({ code }) => code)).not.toContain('VOLUME_CLAIM_UNBOUND')
})

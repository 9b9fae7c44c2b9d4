import { describe, expect, it } from 'vitest'
import { indexSnapshot } from '../../snapshot/index-snapshot.ts'
import type { Needs } from '../../snapshot/needs.ts'
import { questionId } from '../../snapshot/question-id.ts'
import { AT, CRASHING, failing } from '../../testing/cases.ts'
import { investigate } from '../../testing/investigate.ts'
import { iso, NAMESPACE, pod, service, templateOf } from '../../testing/kube.ts'
import { recordNeeds } from '../../testing/record-needs.ts'
import { alert, curve, healthyWorld, NOW, release, step, type World } from '../../testing/sample-cluster.ts'
import { TROUBLES } from '../../testing/sample-faults.ts'
import { weighEvidence } from '../confidence/weigh-evidence.ts'
import { diagnose } from '../diagnose.ts'
import { ANALYSER_NEEDS, ANALYSERS } from './registry.ts'

/** What the sample faults leave out: less common ways of the same families. */
const WORLDS: ((world: World) => void)[] = [
  // An old pod that began to crash, a volume that is missing, an autoscaler, a StatefulSet without its pods.
  world => {
    world.objects.push(
      pod('users', templateOf('users'), 3, 8, NOW - 86_400, CRASHING),
      pod('users', templateOf('users'), 3, 9, NOW - 90, { ready: false, phase: 'Pending', state: {} }),
      {
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'users', namespace: NAMESPACE },
        spec: { scaleTargetRef: { name: 'users' }, maxReplicas: 2 },
      },
      {
        kind: 'StatefulSet',
        metadata: { name: 'queue', namespace: NAMESPACE },
        spec: { replicas: 1, template: templateOf('queue') },
        status: { replicas: 0 },
      },
    )
    world.events.push({
      type: 'Warning',
      reason: 'FailedMount',
      message: 'MountVolume.SetUp failed: timed out',
      object: { kind: 'Pod', namespace: NAMESPACE, name: 'users-h3-9' },
      count: 1,
      firstAt: iso(AT),
      lastAt: iso(NOW - 2),
    })
  },
  // Names that do not resolve: of a Service, and of a host that one service called before it was released.
  world => {
    release(world, 'orders', AT, {
      env: [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'none', key: 'k' } } }],
    })
    failing(world, 'orders', 0.5)
    world.logs[questionId.logs('orders-h4-1', 'orders', false)] = [
      'getaddrinfo ENOTFOUND pay.example.com',
      'getaddrinfo ENOTFOUND invoices',
    ]
  },
  // A release that lost its database.
  world => {
    release(world, 'orders', AT, {}, { isStuck: true, pod: { ready: false, readyAt: AT } })
    curve(world, 'dependency-up', { service: 'orders', dependency: 'db' }, time => (time < AT ? 1 : 0))
    world.logs[questionId.logs('orders-h4-1', 'orders', false)] = ['connect ECONNREFUSED db:5432']
  },
  // A Service that sends to a port which its pods do not declare, beside a log line about something else.
  world => {
    world.objects = world.objects.filter(
      ({ kind, metadata }) => kind !== 'Service' || metadata.name !== 'orders',
    )
    world.objects.push(service('orders', { ports: [{ name: 'http', port: 8080, targetPort: 8081 }] }))
    failing(world, 'front', 0.5)
    world.logs[questionId.logs('front-h3-1', 'front', false)] = ['getaddrinfo ENOTFOUND pay.example.com']
  },
  // A service that calls another through the Ingress.
  world => {
    const template = world.templates.front
    if (template) template.container.env = [{ name: 'ORDERS_URL', value: 'http://orders:8080' }]
    release(world, 'front', AT, { env: [{ name: 'ORDERS_URL', value: 'http://api.shop.example/orders' }] })
    curve(world, 'ingress-rate', { service: 'orders', host: 'api.shop.example' }, step(0, 5, AT))
  },
]

const snapshots = [
  ...TROUBLES.map(({ world }) => investigate(world()).snapshot),
  ...WORLDS.map(change => {
    const world = healthyWorld()
    change(world)
    alert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    return investigate(world).snapshot
  }),
]

function listOf({ kinds, signals, reads }: Needs): string[] {
  return [...new Set([...kinds, ...signals, ...reads])].toSorted()
}

describe('the needs of an analyser', () => {
  it.each(Object.entries(ANALYSERS))('%s are exactly what it looks at', (_name, { needs, run }) => {
    const seen = snapshots.flatMap(snapshot => {
      const recorded = recordNeeds(indexSnapshot(snapshot))
      run(recorded.view)
      return listOf(recorded.seen())
    })
    expect([...new Set(seen)].toSorted()).toEqual(listOf(needs))
  })

  it('together are enough for what judges their findings', () => {
    const known = listOf(ANALYSER_NEEDS)
    for (const snapshot of snapshots) {
      const { view, findings, chains } = diagnose(snapshot)
      const recorded = recordNeeds(view)
      for (const chain of chains)
        weighEvidence({ view: recorded.view, chain, change: null, findings, chains })
      expect(listOf(recorded.seen()).filter(need => !known.includes(need))).toEqual([])
    }
  })
})

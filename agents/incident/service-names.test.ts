import { describe, expect, it } from 'vitest'
import { indexSnapshot } from '../snapshot/index-snapshot.ts'
import { questionId } from '../snapshot/question-id.ts'
import { AT, expectCause, makeFailing } from '../testing/cases.ts'
import { findingsOf } from '../testing/findings-of.ts'
import { investigate } from '../testing/investigate.ts'
import { iso, NAMESPACE, service } from '../testing/kube.ts'
import {
  addAlert,
  addRelease,
  healthyWorld,
  NOW,
  setCurve,
  step,
  type World,
} from '../testing/sample-cluster.ts'

const SELECTOR = { 'app.kubernetes.io/name': 'orders' }

/** The sample cluster with the workload `orders` behind a Service with a different name. */
function renamed(): World {
  const world = healthyWorld()
  world.objects = world.objects.filter(
    object => object.kind !== 'Service' || object.metadata.name !== 'orders',
  )
  world.objects.push(
    service('orders-api', { selector: SELECTOR, clusterIP: '10.0.0.77' }),
    service('elsewhere', { selector: undefined, ports: [{ port: 9000 }] }),
  )
  for (const series of world.series)
    if (series.labels.upstream === 'orders') series.labels.upstream = 'orders-api'
  return world
}

function callsOf(url: string) {
  const world = renamed()
  world.series = []
  addRelease(world, 'users', NOW - 600, { env: [{ name: 'URL', value: url }] })
  const { edges } = investigate(world, { service: 'users' }).snapshot
  return edges.filter(edge => edge.from === 'users').map(edge => edge.to)
}

describe('the name of a service', () => {
  it.each([
    ['http://orders-api:8080', ['orders']],
    ['http://orders-api/v1', ['orders']],
    [`http://orders-api.${NAMESPACE}:8080`, ['orders']],
    [`grpc://orders-api.${NAMESPACE}.svc.cluster.local:9090/x`, ['orders']],
    [`orders-0.orders-api.${NAMESPACE}.svc.cluster.local:8080`, ['orders']],
    ['elsewhere:9000', ['elsewhere']],
    ['http://mail.other-team.svc.cluster.local', ['mail.other-team']],
    ['https://orders-api.example.com/v1', []],
    ['http://orders:8080', []],
  ])('in a setting is resolved as by cluster DNS: %s', (url, callees) => {
    expect(callsOf(url)).toEqual(callees)
  })

  it.each([
    'connect ECONNREFUSED orders-api:8080',
    `dial tcp: orders-api.${NAMESPACE}.svc.cluster.local:8080: connect: connection refused`,
    'connect ECONNREFUSED 10.0.0.77:8080',
  ])(
    'in a connection error is that of a workload of the namespace, not of an external dependency: %s',
    line => {
      const found = findingsOf(world => {
        Object.assign(world, renamed())
        for (const number of [1, 2])
          world.logs[questionId.logs(`users-h3-${number}`, 'users', false)] = [line]
        setCurve(world, 'error-ratio', { service: 'users' }, step(0, 0.4, AT))
      })
      expect(found.map(finding => finding.code)).not.toContain('DEPENDENCY_REFUSES_CONNECTIONS')
    },
  )

  it('is the same name along the whole chain from a broken Service to the alert of its caller', () => {
    const world = renamed()
    world.objects = world.objects.filter(object => object.metadata.name !== 'orders-api')
    world.objects.push(
      service('orders-api', { selector: SELECTOR, ports: [{ port: 8080, targetPort: 'web' }] }),
    )
    setCurve(world, 'request-rate', { service: 'orders' }, step(10, 0, AT))
    setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders-api' }, step(0, 1, AT))
    makeFailing(world, 'front', 0.5)
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    const { verdict } = investigate(world)
    expect(verdict.causes[0]).toMatchObject({ code: 'SERVICE_PORT_MISMATCH', service: 'orders' })
    expect(verdict.causes[0]?.chain.at(-1)).toMatchObject({ code: 'ALERT_FIRING', service: 'front' })
  })

  it('in an alert may be that of the Service or of the workload', () => {
    const world = renamed()
    addRelease(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
    makeFailing(world, 'orders', 0.4)
    addAlert(world, 'ErrorBudgetBurn', { service: 'orders-api' }, NOW - 8)
    const found = investigate(world)
    expect(indexSnapshot(found.snapshot).service).toBe('orders')
    expectCause(found, 'RELEASE_ERRORS', 'orders', ['git-revert'])
  })
})

describe('a Service without pods', () => {
  const readers = { ...SELECTOR, role: 'replica' }
  const codesOf = (change: (world: World) => void) =>
    findingsOf(world => {
      world.objects.push(service('orders-readers', { selector: readers }))
      change(world)
    }).map(finding => finding.code)

  it('beside another Service of the same workload is deliberate, whatever else was committed', () => {
    expect(codesOf(() => {})).toEqual([])
    expect(
      codesOf(world =>
        addRelease(world, 'orders', NOW - 60, { image: 'registry.example/shop/orders:1.1.0' }),
      ),
    ).toEqual([])
  })

  it('is a fault if the labels of the workload were just changed', () => {
    const found = codesOf(world => {
      world.templates.orders = { ...world.templates.orders, labels: readers } as World['templates'][string]
      for (const object of world.objects)
        if (object.kind === 'ReplicaSet' && object.metadata.name === 'orders-h3')
          Object.assign(object.metadata, { creationTimestamp: iso(NOW - 60) })
      const older = world.objects.find(object => object.metadata.name === 'orders-h2')
      const spec = older?.spec as { template: { metadata: { labels: object } } }
      spec.template.metadata.labels = readers
    })
    expect(found).toContain('SERVICE_SELECTOR_MISMATCH')
  })
})

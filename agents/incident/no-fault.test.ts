import { describe, expect, it } from 'vitest'
import { indexSnapshot } from '../snapshot/index-snapshot.ts'
import { questionId } from '../snapshot/question-id.ts'
import { AT, CRASHING } from '../testing/cases.ts'
import { investigate } from '../testing/investigate.ts'
import { deployment, iso, NAMESPACE, pod, replicaSet, templateOf } from '../testing/kube.ts'
import {
  addAlert,
  addCommit,
  addRelease,
  healthyWorld,
  NOW,
  setCurve,
  step,
  type World,
} from '../testing/sample-cluster.ts'
import { runAnalysers } from './analysers/run-analysers.ts'

const codesOf = (world: World) =>
  runAnalysers(indexSnapshot(investigate(world, { service: 'front' }).snapshot)).map(
    analyser => analyser.code,
  )

describe('no fault', () => {
  it('is found in a healthy cluster with completed pods, a default-deny policy and Services without selectors', () => {
    expect(codesOf(healthyWorld())).toEqual([])
  })

  it('is found in a rolling update in progress', () => {
    const world = healthyWorld()
    const template = templateOf('users', { image: 'registry.example/shop/users:1.1.0' })
    world.objects = world.objects.filter(
      object => object.kind !== 'Deployment' || object.metadata.name !== 'users',
    )
    world.objects.push(
      deployment('users', template, { at: NOW - 3, revision: 4, ready: 2, updated: 1, total: 3 }),
      replicaSet('users', template, 4, NOW - 3, 1, 0),
      pod('users', template, 4, 1, NOW - 3, { ready: false, readyAt: NOW - 3 }),
    )
    expect(codesOf(world)).toEqual([])
  })

  it('is found in a slow first start, as long as its startup probe allows it', () => {
    const startsFor = (seconds: number, restartCount = 0) => {
      const world = healthyWorld()
      const at = NOW - seconds
      const startupProbe = {
        httpGet: { path: '/livez', port: 'http' },
        periodSeconds: 10,
        failureThreshold: 6,
      }
      addRelease(
        world,
        'users',
        at,
        { startupProbe },
        { isStuck: true, pod: { ready: false, readyAt: at, restartCount } },
      )
      const fresh = world.objects.find(object => object.metadata.name === 'users-h4-1')
      const status = fresh?.status as { containerStatuses: object[] }
      Object.assign(status.containerStatuses[0] ?? {}, { started: false })
      const users = world.objects.find(
        object => object.kind === 'Deployment' && object.metadata.name === 'users',
      )
      Object.assign(users?.status as object, { readyReplicas: 1 })
      return codesOf(world)
    }
    expect(startsFor(40)).toEqual([])
    expect(startsFor(90)).toEqual(expect.arrayContaining(['ROLLOUT_STUCK', 'REPLICAS_MISSING', 'NOT_READY']))
    expect(startsFor(40, 2)).toContain('ROLLOUT_STUCK')
  })

  it('is found in an evicted pod that remains after its controller replaced it', () => {
    const world = healthyWorld()
    const state = { terminated: { exitCode: 137, reason: 'Error', finishedAt: iso(NOW - 60) } }
    const evicted = { phase: 'Failed', ready: false, readyAt: NOW - 60, state }
    world.objects.push(pod('users', templateOf('users'), 3, 9, NOW - 900, evicted))
    expect(codesOf(world)).toEqual([])
  })

  it('is found in old warnings and restarts', () => {
    const world = healthyWorld()
    const old = {
      restartCount: 7,
      lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: iso(NOW - 70_000) } },
    }
    world.objects = world.objects.filter(object => object.metadata.name !== 'users-h3-1')
    world.objects.push(pod('users', templateOf('users'), 3, 1, NOW - 86_400, old))
    world.events.push({
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off restarting failed container',
      object: { kind: 'Pod', namespace: NAMESPACE, name: 'users-h3-1' },
      count: 9,
      firstAt: iso(NOW - 80_000),
      lastAt: iso(NOW - 70_000),
    })
    expect(codesOf(world)).toEqual([])
  })

  it('is found in connection errors that were logged while a process waited for its database at start', () => {
    const world = healthyWorld()
    addRelease(world, 'users', NOW - 60, { image: 'registry.example/shop/users:1.1.0' })
    for (const number of [1, 2])
      world.logs[questionId.logs(`users-h4-${number}`, 'users', false)] = [
        'connect ECONNREFUSED db:5432',
        'ready',
      ]
    expect(codesOf(world)).toEqual([])
  })

  it('is found in a fault that is over', () => {
    const world = healthyWorld()
    setCurve(world, 'error-ratio', { service: 'users' }, time =>
      time > NOW - 90 && time < NOW - 50 ? 0.4 : 0,
    )
    setCurve(world, 'latency-mean', { service: 'users' }, time =>
      time > NOW - 90 && time < NOW - 50 ? 0.4 : 0.02,
    )
    expect(codesOf(world)).toEqual([])
  })

  it('is found in the high but steady memory of a busy neighbour', () => {
    const world = healthyWorld()
    setCurve(
      world,
      'memory',
      { pod: 'shop-h3-1', container: 'shop' },
      time => (240 + Math.sin(time)) * 2 ** 20,
    )
    expect(codesOf(world)).toEqual([])
  })

  it('is attributed to a release that coincides with a surge of traffic', () => {
    const world = healthyWorld()
    addRelease(world, 'shop', NOW - 45, { image: 'registry.example/shop/shop:1.1.0' })
    setCurve(world, 'request-rate', { service: 'front' }, step(10, 60, NOW - 40))
    setCurve(world, 'request-rate', { service: 'orders' }, step(10, 60, NOW - 40))
    setCurve(world, 'latency-mean', { service: 'front' }, step(0.02, 0.5, NOW - 34))
    addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    const { verdict, choice } = investigate(world)
    expect(verdict.causes[0]).toMatchObject({ code: 'TRAFFIC_SURGE', change: null })
    expect(choice).toMatchObject({ proposal: null, message: expect.stringContaining('more traffic') })
  })
})

describe('an inconclusive verdict', () => {
  it('names what could not be read', () => {
    const world = healthyWorld()
    addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    world.firing = []
    world.unreadable = ['series', 'events']
    const { verdict, choice } = investigate(world)
    expect(verdict.outcome).toBe('inconclusive')
    expect(verdict.message).toContain(questionId.series('error-ratio'))
    expect(verdict.unread.map(lack => lack.question)).toContain(questionId.events())
    expect(choice.proposal).toBeNull()
  })

  it('is given where the alert fires and nothing that was read explains it', () => {
    const world = healthyWorld()
    addAlert(world, 'SomethingOdd', { service: 'front' }, NOW - 8)
    expect(investigate(world).verdict).toMatchObject({ outcome: 'inconclusive', causes: [] })
  })

  it('rules out a release that came after the onset of the fault', () => {
    const world = healthyWorld()
    setCurve(world, 'error-ratio', { service: 'orders' }, step(0, 0.4, NOW - 60))
    addCommit(world, 'orders', NOW - 21, {
      message: 'Tidy',
      path: 'apps/orders/deployment.yaml',
      patch: '-a\n+b',
    })
    addRelease(world, 'orders', NOW - 20, { image: 'registry.example/shop/orders:1.1.0' })
    addAlert(world, 'ErrorBudgetBurn', { service: 'orders' }, NOW - 30)
    const { verdict, choice } = investigate(world)
    expect(verdict.causes[0]?.code).toBe('SERVICE_ERRORS')
    expect(verdict.causes[0]?.change ?? null).toBeNull()
    expect(verdict.ruledOut.map(suspect => suspect.message).join()).toContain('after the onset of the fault')
    expect(choice.proposal).toBeNull()
  })
})

describe('an alert of severity none', () => {
  const watchdog = (world: World) => addAlert(world, 'Watchdog', { severity: 'none' }, NOW - 80_000)

  it('is no fault, although it always fires', () => {
    const world = healthyWorld()
    watchdog(world)
    expect(investigate(world).verdict).toMatchObject({
      outcome: 'no-fault',
      message: expect.stringContaining('severity none'),
    })
  })

  it('is not explained by other faults, and no action is proposed for it', () => {
    const world = healthyWorld()
    addRelease(
      world,
      'users',
      AT,
      { image: 'registry.example/shop/users:2' },
      { isStuck: true, pod: CRASHING },
    )
    watchdog(world)
    const { verdict, choice } = investigate(world)
    expect(verdict).toMatchObject({ outcome: 'inconclusive', causes: [] })
    expect(choice.proposal).toBeNull()
  })
})

describe('an alert that Prometheus does not list', () => {
  const CLUSTER = { namespace: null, object: { kind: 'Node', name: 'node-1' } }

  /** A healthy cluster to which an alert was delivered. */
  function delivered(status: 'firing' | 'resolved', isForeign: boolean): World {
    const world = healthyWorld()
    addAlert(world, 'CheckoutErrorsInLogs', { service: 'front' }, NOW - 8)
    world.scope = world.scope.map(alert => ({ ...alert, status }))
    world.firing = []
    world.foreignAlerts = isForeign ? ['CheckoutErrorsInLogs'] : []
    return world
  }

  it.each([
    ['of a namespace', {}],
    ['of a node', CLUSTER],
  ])('%s is over if Prometheus evaluates its rule', (_what, scope) => {
    expect(investigate(delivered('firing', false), scope).verdict).toMatchObject({
      outcome: 'no-fault',
      message: expect.stringContaining('does not hold now'),
    })
  })

  it.each([
    ['of a namespace', {}],
    ['of a node', CLUSTER],
  ])('%s still fires according to its sender if another system evaluates it', (_what, scope) => {
    const { outcome, message } = investigate(delivered('firing', true), scope).verdict
    expect(outcome).toBe('inconclusive')
    expect(message).toContain('firing according to the sender, and this Prometheus has no such rule')
  })

  it('is over if its sender says so', () => {
    expect(investigate(delivered('resolved', true)).verdict.outcome).toBe('no-fault')
  })

  it('is not known to be over if its rule could not be read', () => {
    const world = delivered('firing', false)
    world.unreadable = ['alert-rule']
    expect(investigate(world).verdict).toMatchObject({
      outcome: 'inconclusive',
      message: expect.not.stringContaining('no such rule'),
    })
  })
})

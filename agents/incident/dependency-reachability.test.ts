import { describe, expect, it } from 'vitest'
import { questionId } from '../snapshot/question-id.ts'
import { AT, addDecoys, expectCause, makeFailing, setSignalPerRevision } from '../testing/cases.ts'
import { type Investigated, investigate } from '../testing/investigate.ts'
import { deployment, service, templateOf } from '../testing/kube.ts'
import {
  addAlert,
  addRelease,
  healthyWorld,
  NOW,
  setCurve,
  step,
  type World,
} from '../testing/sample-cluster.ts'

const REFUSED = 'password authentication failed for user "orders"'

/** `orders` was just released, and its new pods cannot reach `db`; the options decide whether its old pods can. */
function lost({
  revisionControlGroup,
  isStuck = true,
}: {
  revisionControlGroup: number
  isStuck?: boolean
}): World {
  const world = addDecoys(healthyWorld())
  const env = [{ name: 'DATABASE_URL', value: 'postgres://orders@db/orders2' }]
  addRelease(world, 'orders', AT, { env }, { isStuck, pod: { ready: false, readyAt: AT } })
  const labels = { service: 'orders', dependency: 'db' }
  setCurve(world, 'dependency-up', labels, time => (time < AT ? 1 : 0))
  setCurve(world, 'dependency-up-by-revision', { ...labels, revision: 'h3' }, time =>
    time < AT || isStuck ? Number(time < AT || revisionControlGroup === 1) : null,
  )
  setCurve(world, 'dependency-up-by-revision', { ...labels, revision: 'h4' }, time => (time < AT ? null : 0))
  world.logs[questionId.logs('orders-h4-1', 'orders', false)] = [REFUSED]
  addAlert(world, 'KubePodNotReady', { pod: 'orders-h4-1' }, NOW - 8)
  return world
}

const argumentsOf = ({ verdict }: Investigated) =>
  [...(verdict.causes[0]?.for ?? []), ...(verdict.causes[0]?.against ?? [])].map(argument => argument.code)

describe('a dependency that a client cannot reach', () => {
  it('is ruled out where only the new pods of one client fail: their release is rolled back', () => {
    const found = investigate(lost({ revisionControlGroup: 1 }))
    expectCause(found, 'RELEASE_CANNOT_CONNECT', 'orders', ['git-revert'])
    expect(found.verdict.causes[0]?.message).toMatch(
      /orders-h4-1\) cannot reach db, while orders-h3-1, orders-h3-2.*users can/,
    )
    expect(found.verdict.findings.map(finding => finding.subject.kind)).not.toContain('ExternalDependency')
  })

  it('is ruled out without old pods too, if another service reaches it and the new pods never did', () => {
    const found = investigate(lost({ revisionControlGroup: 0, isStuck: false }))
    expect(found.verdict.causes[0]).toMatchObject({ code: 'RELEASE_CANNOT_CONNECT' })
  })

  it('is the cause where old pods of the same client fail too, and nothing is rolled back', () => {
    const found = investigate(lost({ revisionControlGroup: 0 }))
    expect(found.verdict.causes[0]).toMatchObject({ code: 'DEPENDENCY_REFUSES_CONNECTIONS' })
    expect(found.choice.proposal).toBeNull()
    expect(
      found.verdict.causes[0]?.against.find(argument => argument.code === 'REACHED_BY_OTHERS')?.message,
    ).toBe('users can reach db, but orders-h3-1, orders-h3-2, orders-h4-1 cannot')
  })

  it('is the cause where the new pods reached it at first', () => {
    const world = lost({ revisionControlGroup: 0, isStuck: false })
    const labels = { service: 'orders', dependency: 'db', revision: 'h4' }
    setCurve(world, 'dependency-up-by-revision', labels, time => (time < AT ? null : Number(time < AT + 10)))
    const found = investigate(world)
    expect(found.verdict.causes[0]).toMatchObject({ code: 'DEPENDENCY_REFUSES_CONNECTIONS' })
    expect(found.choice.proposal).toBeNull()
  })

  it('is the cause where no client reaches it, and the argument lists the clients', () => {
    const world = lost({ revisionControlGroup: 0 })
    setCurve(world, 'dependency-up', { service: 'users', dependency: 'db' }, time => (time < AT ? 1 : 0))
    expect(argumentsOf(investigate(world))).toContain('UNREACHABLE_FOR_ALL')
  })

  it('may run in the cluster itself: a healthy database that refuses connections by itself', () => {
    const world = healthyWorld()
    const template = templateOf('db')
    world.objects = world.objects.filter(object => object.kind !== 'Service' || object.metadata.name !== 'db')
    world.objects.push(service('db', { ports: [{ port: 5432 }] }), {
      ...deployment('db', template, { at: NOW - 90_000, revision: 1 }),
      kind: 'StatefulSet',
    })
    addRelease(world, 'orders', AT - 20, { image: 'registry.example/shop/orders:1.1.0' })
    makeFailing(world, 'orders', 0.9)
    setCurve(world, 'dependency-up', { service: 'orders', dependency: 'db' }, time => (time < AT ? 1 : 0))
    world.logs[questionId.logs('orders-h4-1', 'orders', false)] = ['FATAL: sorry, too many clients already']
    addAlert(world, 'ErrorBudgetBurn', { service: 'orders' }, NOW - 8)
    const { verdict, choice } = investigate(world)
    expect(verdict.causes[0]).toMatchObject({
      code: 'DEPENDENCY_REFUSES_CONNECTIONS',
      subject: { name: 'db' },
    })
    expect(choice.proposal).toBeNull()
  })
})

describe('more traffic and a release at the same time', () => {
  function both(surgeAt: number, isReleased = true): World {
    const world = healthyWorld()
    if (isReleased) addRelease(world, 'front', AT - 5, { image: 'registry.example/shop/front:1.1.0' })
    makeFailing(world, 'front', 0.5)
    setCurve(world, 'request-rate', { service: 'front' }, step(10, 32, surgeAt))
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    return world
  }
  const codesOf = (world: World) => investigate(world).verdict.causes.map(cause => cause.code)

  it('are competing causes where no old pod distinguishes them', () => {
    const { verdict } = investigate(both(AT - 12))
    expect(verdict.causes.map(cause => cause.code).toSorted()).toEqual(['RELEASE_ERRORS', 'TRAFFIC_SURGE'])
    for (const cause of verdict.causes)
      expect(cause.against.map(argument => argument.code)).toContain('COMPETING_CAUSE')
  })

  it('are distinguished by old pods that handle the same load', () => {
    const world = both(AT - 12)
    setSignalPerRevision(world, 'front', 'error-ratio-by-revision', 0, 0.5)
    setCurve(world, 'error-ratio-by-revision', { service: 'front', revision: 'h3' }, () => 0)
    const { verdict } = investigate(world)
    expect(verdict.causes[0]?.code).toBe('RELEASE_ERRORS')
    expect(
      verdict.causes.find(cause => cause.code === 'TRAFFIC_SURGE')?.against.map(argument => argument.code),
    ).toContain('OLD_REVISION_BEARS_LOAD')
  })

  it('do not compete where the traffic rose after the errors: those are retries', () => {
    expect(codesOf(both(AT + 4))[0]).toBe('RELEASE_ERRORS')
  })

  it('point to the traffic where nothing was released, it rose first, and latency approaches the timeouts', () => {
    const world = both(AT - 12, false)
    setCurve(world, 'latency-p95', { service: 'front' }, step(0.05, 2, AT))
    expect(codesOf(world)).toEqual(['TRAFFIC_SURGE'])
  })
})

import { describe, expect, it } from 'vitest'
import { questionId } from '../snapshot/question-id.ts'
import { AT, CRASHING, makeFailing, makeSlower, setSignalPerRevision } from '../testing/cases.ts'
import { investigate } from '../testing/investigate.ts'
import { iso, NAMESPACE } from '../testing/kube.ts'
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

const IMAGE = { image: 'registry.example/shop/orders:1.1.0' }

function investigated(change: (world: World) => void) {
  const world = healthyWorld()
  change(world)
  const { verdict, choice } = investigate(world)
  const [cause] = verdict.causes
  return {
    outcome: verdict.outcome,
    code: cause?.code,
    against: cause?.against.map(argument => argument.code) ?? [],
    method: choice.proposal?.method ?? null,
  }
}

/** The fields of a pod in the sample cluster that the tests change. */
function podOf(world: World, name: string) {
  const found = world.objects.find(object => object.kind === 'Pod' && object.metadata.name === name)
  if (found === undefined) throw new Error(`There is no ${name}`)
  return found as unknown as {
    spec: { containers: unknown[] }
    status: { conditions: unknown[]; containerStatuses: Record<string, unknown>[] }
  }
}

describe('a release that is close in time but not the cause', () => {
  it('is not rolled back for a fault that an unchanged service developed at the same time', () => {
    const found = investigated(world => {
      addRelease(world, 'orders', AT - 8, IMAGE)
      for (const name of ['orders', 'users']) {
        makeSlower(world, name, 0.8)
        setCurve(world, 'upstream-latency', { service: 'front', upstream: name }, step(0.01, 0.8, AT))
      }
      makeSlower(world, 'front', 0.8)
      setSignalPerRevision(world, 'orders', 'latency-mean-by-revision', 0.02, 0.82)
      addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    })
    expect(found).toMatchObject({ outcome: 'inconclusive', method: null })
    expect(found.against).toContain('SAME_FAULT_ELSEWHERE')
  })

  it('is not rolled back for errors of a service whose calls are not measured, while another one fails too', () => {
    const found = investigated(world => {
      addRelease(world, 'front', AT - 1, IMAGE)
      world.series = world.series.filter(series => !series.name.startsWith('upstream'))
      makeFailing(world, 'orders', 0.4)
      makeFailing(world, 'front', 0.2)
      addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    })
    expect(found).toMatchObject({ outcome: 'inconclusive', method: null })
    expect(found.against).toContain('UNMEASURED_CALLS')
  })

  it('is ruled out by a later surge of traffic that the autoscaler cannot follow', () => {
    const found = investigated(world => {
      addRelease(world, 'orders', AT - 20, IMAGE)
      for (const service of ['front', 'orders', 'users'])
        setCurve(world, 'request-rate', { service }, step(10, 60, AT))
      const lastTransitionTime = iso(AT + 5)
      world.objects.push({
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'orders', namespace: NAMESPACE },
        spec: { scaleTargetRef: { kind: 'Deployment', name: 'orders' }, maxReplicas: 2 },
        status: {
          conditions: [
            { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas', lastTransitionTime },
          ],
        },
      })
      for (const name of ['orders', 'front']) makeSlower(world, name, 0.6, AT + 6)
      const call = { service: 'front', upstream: 'orders' }
      setCurve(world, 'upstream-latency', call, step(0.01, 0.61, AT + 6))
      addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    })
    expect(found).toMatchObject({ outcome: 'cause', code: 'TRAFFIC_SURGE', method: null })
  })

  it('of one container is not rolled back for the memory of another', () => {
    const proxy = { name: 'proxy', image: 'envoy:1', resources: { limits: { memory: '64Mi' } } }
    const found = investigated(world => {
      addRelease(world, 'orders', AT - 60, IMAGE)
      const terminated = { exitCode: 137, reason: 'OOMKilled', finishedAt: iso(NOW - 9) }
      const state = { running: { startedAt: iso(NOW - 8) } }
      for (const number of [1, 2]) {
        const { spec, status } = podOf(world, `orders-h4-${number}`)
        spec.containers.push(proxy)
        const lastState = { terminated }
        status.containerStatuses.push({ name: 'proxy', ready: true, restartCount: 2, state, lastState })
      }
      for (const object of world.objects as { kind: string; metadata: { name: string }; spec?: unknown }[])
        if (['Deployment', 'ReplicaSet'].includes(object.kind) && object.metadata.name.startsWith('orders')) {
          const { template } = object.spec as { template: { spec: { containers: unknown[] } } }
          template.spec.containers = [...template.spec.containers, proxy]
        }
      addAlert(world, 'KubeContainerOOMKilled', { pod: 'orders-h4-1', container: 'proxy' }, NOW - 6)
    })
    expect(found).toMatchObject({ outcome: 'cause', code: 'MEMORY_LIMIT_HIT', method: null })
  })
})

describe('pods that crash long after their creation', () => {
  it('have their onset when they became unready, not at the last crash, so that they explain earlier errors', () => {
    const found = investigated(world => {
      for (const number of [1, 2]) {
        const { status } = podOf(world, `orders-h3-${number}`)
        Object.assign(status.containerStatuses[0] ?? {}, CRASHING)
        status.conditions[0] = { type: 'Ready', status: 'False', lastTransitionTime: iso(AT) }
      }
      const orders = world.objects.find(
        object => object.kind === 'Deployment' && object.metadata.name === 'orders',
      )
      Object.assign(orders?.status as object, { readyReplicas: 0, availableReplicas: 0 })
      const patch = '-  POOL_SIZE: "10"\n+  POOL_SIZE: "abc"'
      addCommit(world, 'orders', AT - 200, { message: 'Tune', path: 'apps/orders/configmap.yaml', patch })
      setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 1, AT))
      makeFailing(world, 'front', 0.5)
      addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    })
    expect(found).toMatchObject({ outcome: 'cause', code: 'RELEASE_CRASHES_AT_START' })
  })
})

describe('a release before a database ran out of connections', () => {
  it('is neither rolled back nor ruled out, because connections per client are not counted', () => {
    const world = healthyWorld()
    addRelease(world, 'orders', AT - 60, IMAGE)
    for (const name of ['orders', 'users']) {
      setCurve(world, 'dependency-up', { service: name, dependency: 'db' }, time => (time < AT ? 1 : 0))
      setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: name }, step(0, 0.9, AT))
      makeFailing(world, name, 0.9)
      const pod = `${name}-h${name === 'orders' ? 4 : 3}-1`
      world.logs[questionId.logs(pod, name, false)] = ['FATAL: sorry, too many clients already db:5432']
    }
    makeFailing(world, 'front', 0.8)
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    const { verdict, choice } = investigate(world)
    expect(verdict).toMatchObject({ outcome: 'cause', causes: [{ code: 'DEPENDENCY_REFUSES_CONNECTIONS' }] })
    expect(verdict.causes[0]?.against.map(argument => argument.code)).toEqual(['RECENT_CLIENT_RELEASE'])
    expect(verdict.ruledOut.filter(suspect => suspect.subject.name === 'orders')).toEqual([])
    expect(choice).toMatchObject({ proposal: null, message: expect.stringContaining('orders (revision 4)') })
  })
})

describe('two releases at once', () => {
  it('with the same effect at the same time are not distinguished by their names', () => {
    const found = investigated(world => {
      for (const name of ['orders', 'users']) {
        addRelease(world, name, AT, IMAGE)
        makeFailing(world, name, 0.4)
        setSignalPerRevision(world, name, 'error-ratio-by-revision', 0, 0.4)
        setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: name }, step(0, 0.4, AT))
      }
      makeFailing(world, 'front', 0.4)
      addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    })
    expect(found).toMatchObject({ outcome: 'inconclusive', method: null })
  })

  it('of which one fails are distinguished by what fails', () => {
    const world = healthyWorld()
    for (const name of ['orders', 'users']) addRelease(world, name, AT, IMAGE)
    makeFailing(world, 'users', 0.4)
    setSignalPerRevision(world, 'users', 'error-ratio-by-revision', 0, 0.4)
    setSignalPerRevision(world, 'orders', 'error-ratio-by-revision', 0, 0)
    setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'users' }, step(0, 0.4, AT))
    makeFailing(world, 'front', 0.2)
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    const { verdict } = investigate(world)
    expect(verdict.causes).toMatchObject([{ code: 'RELEASE_ERRORS', subject: { name: 'users' } }])
    expect(verdict.ruledOut.map(suspect => suspect.subject.name)).toContain('orders')
  })

  it('a release is not rolled back where an unchanged service became unready with it', () => {
    const found = investigated(world => {
      addRelease(world, 'users', AT - 5, IMAGE)
      world.series = world.series.filter(series => series.name !== 'dependency-up')
      for (const name of ['orders-h3', 'users-h4'])
        for (const number of [1, 2]) {
          const { status } = podOf(world, `${name}-${number}`)
          status.conditions[0] = { type: 'Ready', status: 'False', lastTransitionTime: iso(AT + 2) }
          Object.assign(status.containerStatuses[0] ?? {}, { ready: false })
        }
      for (const name of ['orders', 'users']) {
        const found = world.objects.find(
          object => object.kind === 'Deployment' && object.metadata.name === name,
        )
        Object.assign(found?.status as object, { readyReplicas: 0, availableReplicas: 0 })
        setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: name }, step(0, 1, AT))
      }
      makeFailing(world, 'front', 0.9)
      addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    })
    expect(found.against).toContain('SAME_FAULT_ELSEWHERE')
    expect(found.method).toBeNull()
  })
})

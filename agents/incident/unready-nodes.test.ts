import { describe, expect, it } from 'vitest'
import { CRASHING } from '../testing/cases.ts'
import { investigate } from '../testing/investigate.ts'
import { iso, NAMESPACE, pod, podOf, templateOf } from '../testing/kube.ts'
import { addAlert, healthyWorld, NOW, type World } from '../testing/sample-cluster.ts'

/** A healthy cluster of which node-2 is NotReady. */
function lostNode(): World {
  const world = healthyWorld()
  const message = 'Kubelet stopped posting node status.'
  const ready = { type: 'Ready', status: 'Unknown', message, lastTransitionTime: iso(NOW - 50) }
  world.objects.push({ kind: 'Node', metadata: { name: 'node-2' }, status: { conditions: [ready] } })
  return world
}

/** Adds a pod of `users`, or of another service. */
function addPod(world: World, node: string, status: Record<string, unknown>, service = 'users'): string {
  const number = world.objects.length
  const added = pod(service, templateOf(service), 3, number, NOW - 86_400, { readyAt: NOW - 48, ...status })
  Object.assign(added.spec as object, { nodeName: node })
  world.objects.push(added)
  return added.metadata.name
}

/** Adds a pod of a Workflow that runs but is not ready. */
function addBarePod(world: World, name: string, node: string, labels: Record<string, string>): void {
  const ready = { type: 'Ready', status: 'False', lastTransitionTime: iso(NOW - 48) }
  const running = {
    name: 'main',
    ready: false,
    started: true,
    state: { running: { startedAt: iso(NOW - 900) } },
  }
  const readinessProbe = { httpGet: { path: '/readyz', port: 8080 } }
  const added = podOf(
    name,
    { kind: 'Workflow', name: `run-${name}` },
    'Running',
    { conditions: [ready], containerStatuses: [running] },
    { nodeName: node, containers: [{ name: 'main', readinessProbe }] },
  )
  world.objects.push({ ...added, metadata: { ...added.metadata, labels } })
}

function probeFailure(name: string) {
  return {
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    object: { kind: 'Pod', namespace: NAMESPACE, name },
    count: 20,
    firstAt: iso(NOW - 48),
    lastAt: iso(NOW - 1),
  }
}

function missOneOf(world: World, name: string): void {
  const deployment = world.objects.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === name,
  )
  Object.assign(deployment?.spec as object, { replicas: 3 })
}

describe('a node that is NotReady', () => {
  it('is the cause of what fails in pods that run on it', () => {
    const world = lostNode()
    missOneOf(world, 'users')
    const name = addPod(world, 'node-2', { ready: false })
    addAlert(world, 'KubePodNotReady', { pod: name }, NOW - 10)
    const { verdict } = investigate(world)
    expect(verdict.causes.map(({ code }) => code)).toEqual(['NODE_NOT_READY'])
  })

  it('is not the cause of a crash on another node, though the service has a pod on it', () => {
    const world = lostNode()
    missOneOf(world, 'users')
    addPod(world, 'node-2', { ready: false })
    const name = addPod(world, 'node-1', CRASHING)
    addAlert(world, 'KubePodCrashLooping', { pod: name, container: 'users' }, NOW - 10)
    const { verdict } = investigate(world)
    expect(verdict.causes.map(({ code }) => code)).toEqual(['PROCESS_CRASHES'])
  })

  it('is not the cause of a crash in a pod that runs on it', () => {
    const world = lostNode()
    const name = addPod(world, 'node-2', CRASHING)
    addAlert(world, 'KubePodCrashLooping', { pod: name, container: 'users' }, NOW - 10)
    const { verdict } = investigate(world)
    const crash = verdict.causes.find(({ code }) => code === 'PROCESS_CRASHES')
    expect(crash?.chain.map(({ code }) => code)).not.toContain('NODE_NOT_READY')
    expect(crash).toBeDefined()
  })

  it('does not matter to a service whose pods on it are of another one', () => {
    const world = lostNode()
    missOneOf(world, 'users')
    addPod(world, 'node-2', { ready: false }, 'shop')
    addPod(world, 'node-1', { ready: false })
    addAlert(world, 'KubeDeploymentReplicasMismatch', { deployment: 'users' }, NOW - 10)
    const { verdict } = investigate(world)
    expect(verdict.causes.map(({ code }) => code)).not.toContain('NODE_NOT_READY')
  })

  it.each([
    ['of the same service', 'web'],
    ['of no service', undefined],
  ])('is not the cause for a pod that runs elsewhere beside a pod %s on it', (_what, service) => {
    const world = lostNode()
    const labels: Record<string, string> = service === undefined ? {} : { app: service }
    addBarePod(world, 'a', 'node-2', labels)
    addBarePod(world, 'b', 'node-1', labels)
    world.events.push(probeFailure('b'))
    const scope = { object: { kind: 'Pod', name: 'b' }, service: service ?? null }
    const causes = investigate(world, scope).verdict.causes.map(({ code }) => code)
    expect(causes).not.toContain('NODE_NOT_READY')
  })

  it('is the cause for a pod that runs on it, though no Service selects it', () => {
    const world = lostNode()
    addBarePod(world, 'a', 'node-2', {})
    addBarePod(world, 'b', 'node-1', {})
    const { verdict } = investigate(world, { object: { kind: 'Pod', name: 'a' } })
    expect(verdict.causes.map(({ code }) => code)).toEqual(['NODE_NOT_READY'])
  })

  it('is not the cause for a workload that has no pod on it beside one of the same service that has', () => {
    const world = lostNode()
    addBarePod(world, 'a', 'node-2', { app: 'web' })
    addBarePod(world, 'b', 'node-1', { app: 'web' })
    const scope = { object: { kind: 'Workflow', name: 'run-b' }, service: 'web' }
    const causes = investigate(world, scope).verdict.causes.map(({ code }) => code)
    expect(causes).not.toContain('NODE_NOT_READY')
  })

  it('is not even mentioned where no pod of the namespace runs on it', () => {
    const world = lostNode()
    addAlert(world, 'SomethingOdd', { service: 'users' }, NOW - 10)
    const { verdict } = investigate(world)
    expect(JSON.stringify(verdict)).not.toContain('node-2')
  })
})

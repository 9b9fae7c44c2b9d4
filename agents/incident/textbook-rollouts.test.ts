import { describe, expect, it } from 'vitest'
import { AT } from '../testing/cases.ts'
import { investigate } from '../testing/investigate.ts'
import { iso, pod, templateOf } from '../testing/kube.ts'
import { addAlert, addRelease, healthyWorld, NOW, setCurve, type World } from '../testing/sample-cluster.ts'
import { causeOf, podOf, RUNNING, restarted, waiting } from '../testing/stuck-release.ts'

describe('a readiness probe', () => {
  const probe = (change: object, get: object = {}) => ({
    readinessProbe: { httpGet: { path: '/readyz', port: 'http', ...get }, periodSeconds: 1, ...change },
  })

  it.each([
    [
      'another port',
      probe({}, { port: 9090 }),
      'Get "http://10.1.0.5:9090/readyz": dial tcp 10.1.0.5:9090: connect: connection refused',
    ],
    [
      'another scheme',
      probe({}, { scheme: 'HTTPS' }),
      'Get "https://10.1.0.5:8080/readyz": http: server gave HTTP response to HTTPS client',
    ],
    [
      'another command',
      { readinessProbe: { exec: { command: ['/bin/ready'] } } },
      'exec: "/bin/ready": no such file or directory',
    ],
  ])('with %s than before is the fault of the release', (_, container, words) => {
    const events = [{ reason: 'Unhealthy', message: `Readiness probe failed: ${words}` }]
    const found = causeOf(RUNNING, { container, events })
    expect(found).toMatchObject({ code: 'READINESS_PROBE_FAILS', method: 'git-revert' })
    expect(found.message).toContain('previous revision: HTTP')
  })

  it('with a shorter timeout is the cause if it times out, and not if the process answers that it is not ready', () => {
    const patient = (world: World) => {
      for (const object of world.objects)
        if (object.metadata.name === 'users-h3' || object.metadata.name.startsWith('users-h3-')) {
          const spec = JSON.parse(
            JSON.stringify(object.spec).replaceAll(
              '"periodSeconds":1',
              '"periodSeconds":1,"timeoutSeconds":5',
            ),
          )
          Object.assign(object, { spec })
        }
    }
    const late =
      'Readiness probe failed: Get "http://10.1.0.5:8080/readyz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    const message = (message: string) =>
      causeOf(RUNNING, { container: probe({}), events: [{ reason: 'Unhealthy', message }], change: patient })
    expect(message(late)).toMatchObject({ code: 'READINESS_PROBE_FAILS' })
    expect(message(late).message).toContain(
      'with a timeout of 1 s; previous revision: HTTP GET /readyz on port http with a timeout of 5 s',
    )
    expect(message('Readiness probe failed: HTTP probe failed with statuscode: 503').code).toBe(
      'PROCESS_NOT_READY',
    )
  })

  it('that is unchanged shows that the process is not ready', () => {
    const events = [
      { reason: 'Unhealthy', message: 'Readiness probe failed: HTTP probe failed with statuscode: 503' },
    ]
    const found = causeOf(RUNNING, { events })
    expect(found.code).toBe('PROCESS_NOT_READY')
    expect(found.message).toContain('answers its readiness probe with 503')
  })
})

describe('a pod that cannot be scheduled', () => {
  it.each([
    '0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available',
    '0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: db}',
    '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims',
  ])('is reported with the message of the scheduler: %s', message => {
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }
    const found = causeOf(waiting(''), {
      change: world => Object.assign(podOf(world), { status: { phase: 'Pending', conditions: [condition] } }),
    })
    expect(found).toMatchObject({ code: 'UNSCHEDULABLE', name: 'users', method: undefined })
    expect(found.message).toContain(message.slice(0, 50))
  })
})

describe('a rollout', () => {
  it('that a quota blocks has the quota as its cause', () => {
    const message =
      'pods "users-h4-x" is forbidden: exceeded quota: compute, requested: limits.memory=256Mi, used: limits.memory=4Gi, limited: limits.memory=4Gi'
    const world = healthyWorld()
    addRelease(world, 'users', AT, { image: 'registry.example/shop/users:1.1.0' }, { isStuck: true })
    world.objects = world.objects.filter(object => object.metadata.name !== 'users-h4-1')
    const fresh = world.objects.find(object => object.metadata.name === 'users-h4')
    const condition = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message,
      lastTransitionTime: iso(AT),
    }
    Object.assign(fresh as object, { status: { replicas: 0, conditions: [condition] } })
    addAlert(world, 'KubeDeploymentRolloutStuck', { deployment: 'users' }, NOW - 8)
    expect(investigate(world).verdict.causes[0]).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      subject: { name: 'users' },
    })
  })

  it('that was paused half way has the pause as its cause, and a pause without a change is no fault', () => {
    const world = healthyWorld()
    addRelease(world, 'users', AT, { image: 'registry.example/shop/users:1.1.0' }, { isStuck: true })
    const users = world.objects.find(
      object => object.kind === 'Deployment' && object.metadata.name === 'users',
    )
    const condition = {
      type: 'Progressing',
      status: 'Unknown',
      reason: 'DeploymentPaused',
      lastTransitionTime: iso(AT + 2),
    }
    Object.assign(users?.spec as object, { paused: true })
    Object.assign(users?.status as object, { conditions: [condition], updatedReplicas: 1 })
    addAlert(world, 'KubeDeploymentRolloutStuck', { deployment: 'users' }, NOW - 8)
    expect(investigate(world).verdict.causes[0]).toMatchObject({
      code: 'ROLLOUT_PAUSED',
      subject: { name: 'users' },
    })
    Object.assign(users?.status as object, { updatedReplicas: 2 })
    expect(investigate(world).verdict.findings.map(finding => finding.code)).not.toContain('ROLLOUT_PAUSED')
  })
})

describe('a Job', () => {
  it('that fails with the labels of a service is not the cause of the service’s fault', () => {
    const world = healthyWorld()
    const owner = { ownerReferences: [{ kind: 'Job', name: 'users-report-1', controller: true }] }
    const failing = [
      restarted({ exitCode: 1, reason: 'Error' }),
      restarted({ exitCode: 137, reason: 'OOMKilled' }),
      waiting('ImagePullBackOff', 'manifest unknown'),
    ]
    world.objects.push(
      ...failing.map((status, index) =>
        pod('users', templateOf('users'), 3, 20 + index, NOW - 90, { ...status, ...owner }),
      ),
    )
    setCurve(world, 'error-ratio', { service: 'users' }, time => (time < AT ? 0 : 0.4))
    addAlert(world, 'ErrorBudgetBurn', { service: 'users' }, NOW - 8)
    const { verdict } = investigate(world)
    expect(verdict.causes.map(cause => cause.code)).toEqual(['SERVICE_ERRORS'])
  })
})

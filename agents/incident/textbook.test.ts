import { describe, expect, it } from 'vitest'
import { AT } from './testing/cases.ts'
import { investigate } from './testing/investigate.ts'
import { iso, NAMESPACE, pod, templateOf } from './testing/kube.ts'
import { alert, curve, healthyWorld, NOW, release, type World } from './testing/world.ts'

type Told = { reason: string; message: string; kind?: string; name?: string; at?: number }

function say(world: World, { reason, message, kind = 'Pod', name = 'users-h4-1', at = NOW - 4 }: Told): void {
  world.events.push({
    type: reason === 'Killing' ? 'Normal' : 'Warning',
    reason,
    message,
    object: { kind, namespace: NAMESPACE, name },
    count: 3,
    firstAt: iso(AT + 3),
    lastAt: iso(at),
  })
}

/** The first cause where a release of `users` is stuck with such a pod. */
function causeOf(
  status: Record<string, unknown>,
  { container = {}, events = [], change = () => {} }: Partial<Case> = {},
) {
  const world = healthyWorld()
  release(
    world,
    'users',
    AT,
    { image: 'registry.example/shop/users:1.1.0', ...container },
    { isStuck: true, pod: status },
  )
  for (const event of events) say(world, event)
  change(world)
  alert(world, 'KubePodNotReady', { pod: 'users-h4-1' }, NOW - 8)
  const { verdict, choice } = investigate(world)
  const [cause] = verdict.causes
  return {
    code: cause?.code,
    name: cause?.subject.name,
    says: cause?.says ?? '',
    method: choice.proposal?.method,
  }
}

type Case = { container: Record<string, unknown>; events: Told[]; change: (world: World) => void }

const waiting = (reason: string, message = '') => ({
  ready: false,
  phase: 'Pending',
  state: { waiting: { reason, message } },
})
const restarted = (terminated: Record<string, unknown>) => ({
  ready: false,
  restartCount: 4,
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
  lastState: { terminated: { finishedAt: iso(NOW - 5), ...terminated } },
})
const RUNNING = { ready: false, readyAt: AT + 1 }

function podOf(world: World, name = 'users-h4-1') {
  const found = world.objects.find(one => one.metadata.name === name)
  if (found === undefined) throw new Error(`There is no ${name}`)
  return found as unknown as {
    spec: Record<string, unknown>
    status: Record<string, unknown> & { containerStatuses: Record<string, unknown>[] }
  }
}

describe('a container that ends again and again', () => {
  it('by itself: its exit code and its last words are told', () => {
    const found = causeOf(restarted({ exitCode: 3, reason: 'Error' }))
    expect(found).toMatchObject({ code: 'RELEASE_CRASHES_AT_START', method: 'git-revert' })
    expect(found.says).toContain('exit code 3')
  })

  it('because the runtime can not start it: the runtime’s own words are told', () => {
    const message = 'exec: "serve": executable file not found in $PATH: unknown'
    const found = causeOf(restarted({ exitCode: 128, reason: 'StartError', message }))
    expect(found.code).toBe('RELEASE_CRASHES_AT_START')
    expect(found.says).toContain('executable file not found')
  })

  it.each([
    ['liveness', 'LIVENESS_PROBE_FAILS'],
    ['startup', 'STARTUP_PROBE_FAILS'],
  ])('because its %s probe kills it', (kind, code) => {
    const message = `Container users failed ${kind} probe, will be restarted`
    const container = { [`${kind}Probe`]: { httpGet: { path: '/alive', port: 'http' } } }
    const found = causeOf(restarted({ exitCode: 137, reason: 'Error' }), {
      container,
      events: [{ reason: 'Killing', message }],
    })
    expect(found).toMatchObject({ code, name: 'users', method: 'git-revert' })
    expect(found.says).toContain('/alive on port http')
  })

  it('before the others may start: an init container', () => {
    const found = causeOf(waiting('PodInitializing'), {
      change: world => {
        const status = {
          name: 'migrate',
          restartCount: 3,
          ready: false,
          state: { waiting: { reason: 'CrashLoopBackOff', message: '' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: iso(NOW - 5) } },
        }
        podOf(world).status.initContainerStatuses = [status]
        world.logs['logs/users-h4-1/migrate/previous'] = ['Error: relation "orders" does not exist']
      },
    })
    expect(found.code).toBe('RELEASE_CRASHES_AT_START')
    expect(found.says).toMatch(/migrate in users-h4-1 ends with exit code 1.*relation/)
  })

  it('at its memory limit, which the release lowered', () => {
    const found = causeOf(restarted({ exitCode: 137, reason: 'OOMKilled' }), {
      container: { resources: { limits: { memory: '64Mi' } } },
    })
    expect(found).toMatchObject({ code: 'MEMORY_LIMIT_LOWERED', method: 'git-revert' })
    expect(found.says).toContain('64 MiB of memory, before 256 MiB')
  })

  it('at a memory limit that stayed the same', () => {
    expect(causeOf(restarted({ exitCode: 137, reason: 'OOMKilled' })).code).toBe('MEMORY_LIMIT_HIT')
  })

  it('at its memory limit while it only initialises', () => {
    const found = causeOf(waiting('PodInitializing'), {
      change: world => {
        const lastState = { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: iso(NOW - 5) } }
        podOf(world).status.initContainerStatuses = [
          { name: 'warm', restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState },
        ]
      },
    })
    expect(found.code).toBe('MEMORY_LIMIT_HIT')
  })
})

describe('an image that can not be pulled', () => {
  const IMAGE = 'registry.example/shop/users:1.1.0'
  const unpacked = `Failed to pull image "${IMAGE}": rpc error: code = Unknown desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}":`

  it.each([
    ['IMAGE_NOT_FOUND', `${unpacked} ${IMAGE}: not found`],
    ['IMAGE_NOT_FOUND', `Failed to pull image "${IMAGE}": manifest unknown: manifest unknown`],
    [
      'IMAGE_AUTH_REFUSED',
      `${unpacked} failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized`,
    ],
    [
      'IMAGE_AUTH_REFUSED',
      `${unpacked} unexpected status from HEAD request to https://registry.example/v2/shop/users/manifests/1.1.0: 403 Forbidden`,
    ],
    [
      'IMAGE_RATE_LIMITED',
      `${unpacked} unexpected status: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit.`,
    ],
    [
      'IMAGE_REGISTRY_UNREACHABLE',
      `${unpacked} failed to do request: Head "https://registry.example/v2/": dial tcp: lookup registry.example on 10.96.0.10:53: no such host`,
    ],
    [
      'IMAGE_REGISTRY_UNREACHABLE',
      `${unpacked} failed to do request: Head "https://registry.example/v2/": dial tcp 192.0.2.4:443: i/o timeout`,
    ],
    ['IMAGE_WRONG_ARCHITECTURE', `${unpacked} no match for platform in manifest: not found`],
  ])('is %s by the words of the runtime', (code, message) => {
    const back = waiting('ImagePullBackOff', `Back-off pulling image "${IMAGE}"`)
    const old = {
      reason: 'Failed',
      message: 'Failed to pull image "x": 429 Too Many Requests',
      at: NOW - 900,
    }
    expect(causeOf(back, { events: [old, { reason: 'Failed', message }] }).code).toBe(code)
  })

  it('from a registry that only the new release names is the release’s fault', () => {
    const image = 'registry.exmaple/shop/users:1.1.0'
    const message = `Failed to pull image "${image}": dial tcp: lookup registry.exmaple: no such host`
    const found = causeOf(waiting('ErrImagePull'), {
      container: { image },
      events: [{ reason: 'Failed', message }],
    })
    expect(found).toMatchObject({ code: 'IMAGE_PULL_FAILS', method: 'git-revert' })
  })
})

describe('a setting that is not there', () => {
  it.each([
    ['CONFIG_MISSING', 'configmap "users-config" not found'],
    ['CONFIG_MISSING', 'secret "users-secret" not found'],
    ['CONFIG_KEY_MISSING', "couldn't find key mode in ConfigMap shop-production/users-config"],
    ['CONFIG_KEY_MISSING', "couldn't find key url in Secret shop-production/users-secret"],
  ])('is %s by the kubelet’s word: %s', (code, message) => {
    const container = { envFrom: [{ configMapRef: { name: 'users-config' } }] }
    const change = (world: World) => world.unreadable.push('objects/wiring', 'objects/secrets')
    expect(causeOf(waiting('CreateContainerConfigError', message), { container, change }).code).toBe(code)
  })

  it.each([
    ['CONFIG_MISSING', 'MountVolume.SetUp failed for volume "settings" : configmap "users-files" not found'],
    [
      'CONFIG_KEY_MISSING',
      'MountVolume.SetUp failed for volume "settings" : references non-existent config key: app.yaml',
    ],
    [
      'VOLUME_NOT_MOUNTED',
      'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) users-h3-1',
    ],
  ])('holds up a pod before it starts: %s', (code, message) => {
    const events = [{ reason: code === 'VOLUME_NOT_MOUNTED' ? 'FailedAttachVolume' : 'FailedMount', message }]
    expect(causeOf(waiting('ContainerCreating'), { events }).code).toBe(code)
  })
})

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
  ])('that asks for %s than before is the release’s fault', (_, container, words) => {
    const events = [{ reason: 'Unhealthy', message: `Readiness probe failed: ${words}` }]
    const found = causeOf(RUNNING, { container, events })
    expect(found).toMatchObject({ code: 'READINESS_PROBE_FAILS', method: 'git-revert' })
    expect(found.says).toContain('where the revision before asked')
  })

  it('that waits less than before is at fault if it runs out of time, and not if the process says no', () => {
    const patient = (world: World) => {
      for (const one of world.objects)
        if (one.metadata.name === 'users-h3' || one.metadata.name.startsWith('users-h3-')) {
          const spec = JSON.parse(
            JSON.stringify(one.spec).replaceAll('"periodSeconds":1', '"periodSeconds":1,"timeoutSeconds":5'),
          )
          Object.assign(one, { spec })
        }
    }
    const late =
      'Readiness probe failed: Get "http://10.1.0.5:8080/readyz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    const says = (message: string) =>
      causeOf(RUNNING, { container: probe({}), events: [{ reason: 'Unhealthy', message }], change: patient })
    expect(says(late)).toMatchObject({ code: 'READINESS_PROBE_FAILS' })
    expect(says(late).says).toContain(
      'and waited 1 s, where the revision before asked /readyz on port http and waited 5 s',
    )
    expect(says('Readiness probe failed: HTTP probe failed with statuscode: 503').code).toBe(
      'PROCESS_NOT_READY',
    )
  })

  it('that asks what it always asked says that the process is not ready', () => {
    const events = [
      { reason: 'Unhealthy', message: 'Readiness probe failed: HTTP probe failed with statuscode: 503' },
    ]
    const found = causeOf(RUNNING, { events })
    expect(found.code).toBe('PROCESS_NOT_READY')
    expect(found.says).toContain('answers 503 to its own probe')
  })
})

describe('a pod that no node takes', () => {
  it.each([
    '0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available',
    '0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: db}',
    '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims',
  ])('is told in the scheduler’s words: %s', message => {
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }
    const found = causeOf(waiting(''), {
      change: world => Object.assign(podOf(world), { status: { phase: 'Pending', conditions: [condition] } }),
    })
    expect(found).toMatchObject({ code: 'UNSCHEDULABLE', name: 'users', method: undefined })
    expect(found.says).toContain(message.slice(0, 50))
  })
})

describe('a rollout', () => {
  it('that a quota holds up has the quota as its cause', () => {
    const message =
      'pods "users-h4-x" is forbidden: exceeded quota: compute, requested: limits.memory=256Mi, used: limits.memory=4Gi, limited: limits.memory=4Gi'
    const world = healthyWorld()
    release(world, 'users', AT, { image: 'registry.example/shop/users:1.1.0' }, { isStuck: true })
    world.objects = world.objects.filter(one => one.metadata.name !== 'users-h4-1')
    const fresh = world.objects.find(one => one.metadata.name === 'users-h4')
    const condition = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message,
      lastTransitionTime: iso(AT),
    }
    Object.assign(fresh as object, { status: { replicas: 0, conditions: [condition] } })
    alert(world, 'KubeDeploymentRolloutStuck', { deployment: 'users' }, NOW - 8)
    expect(investigate(world).verdict.causes[0]).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      subject: { name: 'users' },
    })
  })

  it('that somebody paused half way has the pause as its cause, and a pause without a change is nobody’s fault', () => {
    const world = healthyWorld()
    release(world, 'users', AT, { image: 'registry.example/shop/users:1.1.0' }, { isStuck: true })
    const users = world.objects.find(one => one.kind === 'Deployment' && one.metadata.name === 'users')
    const condition = {
      type: 'Progressing',
      status: 'Unknown',
      reason: 'DeploymentPaused',
      lastTransitionTime: iso(AT + 2),
    }
    Object.assign(users?.spec as object, { paused: true })
    Object.assign(users?.status as object, { conditions: [condition], updatedReplicas: 1 })
    alert(world, 'KubeDeploymentRolloutStuck', { deployment: 'users' }, NOW - 8)
    expect(investigate(world).verdict.causes[0]).toMatchObject({
      code: 'ROLLOUT_PAUSED',
      subject: { name: 'users' },
    })
    Object.assign(users?.status as object, { updatedReplicas: 2 })
    expect(investigate(world).verdict.findings.map(one => one.code)).not.toContain('ROLLOUT_PAUSED')
  })
})

describe('a job', () => {
  it('that fails under the labels of a service is not blamed for the service’s trouble', () => {
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
    curve(world, 'error-ratio', { service: 'users' }, time => (time < AT ? 0 : 0.4))
    alert(world, 'ErrorBudgetBurn', { service: 'users' }, NOW - 8)
    const { verdict } = investigate(world)
    expect(verdict.causes.map(one => one.code)).toEqual(['SERVICE_ERRORS'])
  })
})

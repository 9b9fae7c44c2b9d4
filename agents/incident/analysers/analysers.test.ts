import { describe, expect, it } from 'vitest'
import { investigate } from '../testing/investigate.ts'
import { iso, NAMESPACE, pod, service, templateOf } from '../testing/kube.ts'
import { curve, healthyWorld, NOW, release, step, type World } from '../testing/world.ts'
import { createView } from '../view/view.ts'
import { runAnalysers } from './run-analysers.ts'

function findingsOf(change: (world: World) => void) {
  const world = healthyWorld()
  change(world)
  const { snapshot } = investigate(world, { service: 'users' })
  return runAnalysers(createView(snapshot)).map(({ code, subject, says }) => ({
    code,
    name: subject.name,
    says,
  }))
}

function withPods(world: World, name: string, status: Record<string, unknown>): void {
  world.objects = world.objects.filter(one => !one.metadata.name.startsWith(`${name}-h3-`))
  world.objects.push(
    pod(name, templateOf(name), 3, 1, NOW - 60, status),
    pod(name, templateOf(name), 3, 2, NOW - 60, status),
  )
}

function replaced(world: World, kind: string, name: string, change: object): void {
  world.objects = world.objects.map(one =>
    one.kind === kind && one.metadata.name === name ? { ...one, ...change } : one,
  )
}

describe('images that can not be pulled', () => {
  it.each([
    ['IMAGE_NOT_FOUND', 'manifest unknown: manifest unknown'],
    ['IMAGE_AUTH_REFUSED', 'unauthorized: authentication required'],
    ['IMAGE_RATE_LIMITED', 'toomanyrequests: You have reached your pull rate limit'],
    ['IMAGE_WRONG_ARCHITECTURE', 'no match for platform in manifest'],
    ['IMAGE_PULL_FAILS', 'dial tcp: i/o timeout'],
  ])('are %s by the registry’s words “%s”', (code, message) => {
    const waiting = { reason: 'ErrImagePull', message }
    const found = findingsOf(world =>
      withPods(world, 'users', { ready: false, phase: 'Pending', state: { waiting } }),
    )
    expect(found.filter(one => one.code.startsWith('IMAGE_'))).toEqual([
      expect.objectContaining({
        code,
        name: 'users',
        says: expect.stringContaining('registry.example/shop/users:1.0.0'),
      }),
    ])
  })
})

describe('an image tag with digits in it', () => {
  it.each(['20260429', '20240403-1', '404'])('is not the registry’s word: %s', tag => {
    const image = `registry.example/shop/users:${tag}`
    const message = `Failed to pull image "${image}": failed to resolve "https://registry.example/v2/shop/users/manifests/${tag}": dial tcp: i/o timeout`
    const found = findingsOf(world =>
      withPods(world, 'users', {
        ready: false,
        phase: 'Pending',
        state: { waiting: { reason: 'ErrImagePull', message } },
      }),
    )
    expect(found.filter(one => one.code.startsWith('IMAGE_')).map(one => one.code)).toEqual([
      'IMAGE_PULL_FAILS',
    ])
  })
})

describe('Services', () => {
  it('that select a label which no pod has are named with that label', () => {
    const found = findingsOf(world => {
      world.objects = world.objects.filter(one => one.kind !== 'Service' || one.metadata.name !== 'users')
      world.objects.push(service('users', { selector: { 'app.kubernetes.io/name': 'user' } }))
    })
    expect(found).toContainEqual({
      code: 'SERVICE_SELECTOR_MISMATCH',
      name: 'users',
      says: 'Service users selects app.kubernetes.io/name=user, but the pods of users have app.kubernetes.io/name=users',
    })
  })

  it('that have no pods by design, beside another Service of the same workload, are no fault', () => {
    const selector = { 'app.kubernetes.io/name': 'users', role: 'replica' }
    const found = findingsOf(world => world.objects.push(service('users-replica', { selector })))
    expect(found).toEqual([])
  })

  it('that send to a port by a name which no container has are a mismatch; an undeclared port is not', () => {
    const withTarget = (targetPort: string | number, ports?: unknown[]) =>
      findingsOf(world => {
        world.objects = world.objects.filter(one => one.kind !== 'Service' || one.metadata.name !== 'users')
        world.objects.push(service('users', { ports: [{ port: 80, targetPort }] }))
        if (ports) withPodsOf(world, ports)
      }).map(one => one.code)
    expect(withTarget('web')).toContain('SERVICE_PORT_MISMATCH')
    expect(withTarget(8080)).toEqual([])
    expect(withTarget(9999, [])).toEqual([])
    expect(withTarget(8080, [{ name: 'metrics', containerPort: 9090 }])).toEqual([])
  })

  it('that send to an undeclared number are a mismatch where calls are refused by pods that are ready', () => {
    const withPort = (spec: object) =>
      findingsOf(world => {
        world.objects = world.objects.filter(one => one.kind !== 'Service' || one.metadata.name !== 'users')
        world.objects.push(service('users', { ports: [{ port: 80, targetPort: 8081 }], ...spec }))
        // What asks for logs is that something looks bad.
        curve(world, 'upstream-error-ratio', { service: 'front', upstream: 'users' }, step(0, 1, NOW - 40))
        for (const number of [1, 2])
          world.logs[`logs/front-h3-${number}/front/current`] = ['connect ECONNREFUSED users:80']
      }).map(one => one.code)
    expect(withPort({})).toContain('SERVICE_PORT_MISMATCH')
    expect(withPort({ clusterIP: 'None' })).not.toContain('SERVICE_PORT_MISMATCH')
  })

  function withPodsOf(world: World, ports: unknown[]): void {
    world.objects = world.objects.filter(one => !one.metadata.name.startsWith('users-h3-'))
    world.objects.push(
      pod('users', templateOf('users', { ports }), 3, 1, NOW - 900),
      pod('users', templateOf('users', { ports }), 3, 2, NOW - 900),
    )
  }
})

describe('settings', () => {
  it('that a process names as missing, and that nothing gives it, are a missing key', () => {
    const found = findingsOf(world => {
      const lastState = { terminated: { exitCode: 1, reason: 'Error', finishedAt: iso(NOW - 3) } }
      const state = { waiting: { reason: 'CrashLoopBackOff', message: '' } }
      withPods(world, 'users', { ready: false, restartCount: 3, state, lastState })
      for (const number of [1, 2])
        world.logs[`logs/users-h3-${number}/users/previous`] = [
          'Bad configuration:',
          '✖ Invalid input: expected string, received undefined',
          '  → at MAIL_URL',
          'LOG_LEVEL=info',
        ]
    })
    expect(found).toContainEqual(
      expect.objectContaining({
        code: 'CONFIG_KEY_MISSING',
        name: 'users',
        says: expect.stringContaining('lacks MAIL_URL'),
      }),
    )
  })

  it.each([
    ['MAIL_URL is not set', 'MAIL_URL'],
    ['Error: missing required environment variable MAIL_URL', 'MAIL_URL'],
    ["KeyError: 'MAIL_URL'", 'MAIL_URL'],
    ["starting NODE_ENV=production\nTypeError: Cannot read properties of undefined (reading 'total')", null],
    ['using MAX_POOL_SIZE 5\nError: field name is required', null],
    ['MAIL_URL=smtp://mail\nerror: MAIL_URL is required to be secure', null],
  ])('are missing by the very words of the process only: %s', (log, name) => {
    const found = findingsOf(world => {
      const lastState = { terminated: { exitCode: 1, reason: 'Error', finishedAt: iso(NOW - 3) } }
      const state = { waiting: { reason: 'CrashLoopBackOff', message: '' } }
      withPods(world, 'users', { ready: false, restartCount: 3, state, lastState })
      for (const number of [1, 2]) world.logs[`logs/users-h3-${number}/users/previous`] = log.split('\n')
    }).filter(one => one.code === 'CONFIG_KEY_MISSING')
    expect(found).toEqual(
      name === null ? [] : [expect.objectContaining({ says: expect.stringContaining(`lacks ${name}`) })],
    )
  })

  it('in a Secret that was not read are not called missing', () => {
    const found = findingsOf(world => {
      world.unreadable = ['objects/secrets']
      release(
        world,
        'users',
        NOW - 60,
        { envFrom: [{ secretRef: { name: 'users-secret' } }] },
        { isStuck: true },
      )
    })
    expect(found.map(one => one.code)).toEqual(['ROLLOUT_STUCK'])
  })

  it('in a Secret that does not exist are', () => {
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'nowhere', key: 'k' } } }]
    const found = findingsOf(world =>
      release(world, 'users', NOW - 60, { env }, { isStuck: true, pod: { ready: false } }),
    )
    expect(found).toContainEqual(
      expect.objectContaining({
        code: 'CONFIG_MISSING',
        says: expect.stringContaining('Secret nowhere for KEY'),
      }),
    )
  })
})

describe('memory', () => {
  const growing = (world: World) =>
    curve(
      world,
      'memory',
      { pod: 'users-h3-1', container: 'users' },
      time => (time < NOW - 60 ? 60 : 60 + (time - NOW + 60) * 2.5) * 2 ** 20,
    )

  it('that grows to its limit is a leak', () => {
    expect(findingsOf(growing).map(one => one.code)).toContain('MEMORY_LEAK')
  })

  it('that grows as the requests do is load', () => {
    const found = findingsOf(world => {
      growing(world)
      curve(world, 'request-rate', { service: 'users' }, step(10, 40, NOW - 62))
    })
    expect(found.map(one => one.code)).toContain('MEMORY_GROWS_WITH_LOAD')
  })
})

describe('the ground under the pods', () => {
  it('is looked at: quota, refused scheduling, sick nodes, failed syncs, autoscalers at their limit', () => {
    const found = findingsOf(world => {
      const condition = {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'pods "x" is forbidden: exceeded quota: compute',
      }
      replaced(world, 'ReplicaSet', 'users-h3', { status: { replicas: 0, conditions: [condition] } })
      replaced(world, 'Node', 'node-1', {
        status: { conditions: [{ type: 'Ready', status: 'Unknown', message: 'Kubelet stopped posting' }] },
      })
      const pending = pod('shop', templateOf('shop'), 3, 9, NOW - 90, {
        ready: false,
        phase: 'Pending',
        state: {},
      })
      const unschedulable = {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/1 nodes are available: Insufficient cpu',
      }
      world.objects.push({ ...pending, status: { phase: 'Pending', conditions: [unschedulable] } })
      world.objects.push({
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'front', namespace: NAMESPACE },
        spec: { scaleTargetRef: { name: 'front' }, maxReplicas: 5 },
        status: { conditions: [{ type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' }] },
      })
      world.apps.orders = {
        operation: { phase: 'Failed', message: 'error converting YAML', startedAt: iso(NOW - 30) },
      }
    })
    const codes = found.map(one => one.code)
    expect(codes).toEqual(
      expect.arrayContaining([
        'QUOTA_EXCEEDED',
        'NODE_NOT_READY',
        'UNSCHEDULABLE',
        'AUTOSCALER_AT_LIMIT',
        'SYNC_FAILED',
      ]),
    )
    expect(found.find(one => one.code === 'UNSCHEDULABLE')?.says).toContain('Insufficient cpu')
  })
})

describe('dependencies', () => {
  it('are found by their refusals in logs where nothing checks them, by address, and not when they are a service of ours', () => {
    const found = findingsOf(world => {
      world.objects.push({
        kind: 'Endpoints',
        metadata: { name: 'db', namespace: NAMESPACE },
        subsets: [{ addresses: [{ ip: '192.0.2.7' }], ports: [{ port: 5432 }] }],
      })
      world.series = world.series.filter(one => one.name !== 'dependency-up')
      withPods(world, 'users', { ready: false, readyAt: NOW - 30 })
      for (const number of [1, 2])
        world.logs[`logs/users-h3-${number}/users/current`] = [
          'connect ECONNREFUSED 192.0.2.7:5432',
          'connect ECONNREFUSED orders:8080',
        ]
    })
    expect(found.filter(one => one.code.startsWith('DEPENDENCY_'))).toEqual([
      {
        code: 'DEPENDENCY_REFUSES_CONNECTIONS',
        name: 'db',
        says: 'db refuses users: “connect ECONNREFUSED 192.0.2.7:5432”',
      },
    ])
  })

  it('that are down without a word in the logs are down', () => {
    const found = findingsOf(world =>
      curve(world, 'dependency-up', { service: 'users', dependency: 'db' }, time =>
        time < NOW - 30 ? 1 : 0,
      ),
    )
    expect(found.map(one => one.code)).toContain('DEPENDENCY_DOWN')
  })
})

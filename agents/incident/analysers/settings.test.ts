import { describe, expect, it } from 'vitest'
import { questionId } from '../../snapshot/question-id.ts'
import { findingsOf } from '../../testing/findings-of.ts'
import { iso, NAMESPACE, pod, templateOf } from '../../testing/kube.ts'
import { addRelease, NOW, setCurve, step, type World } from '../../testing/sample-cluster.ts'

function withPods(world: World, name: string, status: Record<string, unknown>): void {
  world.objects = world.objects.filter(object => !object.metadata.name.startsWith(`${name}-h3-`))
  world.objects.push(
    pod(name, templateOf(name), 3, 1, NOW - 60, status),
    pod(name, templateOf(name), 3, 2, NOW - 60, status),
  )
}

function replaced(world: World, kind: string, name: string, change: object): void {
  world.objects = world.objects.map(object =>
    object.kind === kind && object.metadata.name === name ? { ...object, ...change } : object,
  )
}

describe('settings', () => {
  it('that a process reports as missing, and that nothing provides, are a missing key', () => {
    const found = findingsOf(world => {
      const lastState = { terminated: { exitCode: 1, reason: 'Error', finishedAt: iso(NOW - 3) } }
      const state = { waiting: { reason: 'CrashLoopBackOff', message: '' } }
      withPods(world, 'users', { ready: false, restartCount: 3, state, lastState })
      for (const number of [1, 2])
        world.logs[questionId.logs(`users-h3-${number}`, 'users', true)] = [
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
        message: expect.stringContaining('MAIL_URL is not set'),
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
  ])('are missing only by an explicit message of the process: %s', (log, name) => {
    const found = findingsOf(world => {
      const lastState = { terminated: { exitCode: 1, reason: 'Error', finishedAt: iso(NOW - 3) } }
      const state = { waiting: { reason: 'CrashLoopBackOff', message: '' } }
      withPods(world, 'users', { ready: false, restartCount: 3, state, lastState })
      for (const number of [1, 2])
        world.logs[questionId.logs(`users-h3-${number}`, 'users', true)] = log.split('\n')
    }).filter(finding => finding.code === 'CONFIG_KEY_MISSING')
    expect(found).toEqual(
      name === null
        ? []
        : [expect.objectContaining({ message: expect.stringContaining(`${name} is not set`) })],
    )
  })

  it('in a Secret that was not read are not reported as missing', () => {
    const found = findingsOf(world => {
      world.unreadable = [questionId.objects('secrets')]
      addRelease(
        world,
        'users',
        NOW - 60,
        { envFrom: [{ secretRef: { name: 'users-secret' } }] },
        { isStuck: true },
      )
    })
    expect(found.map(finding => finding.code)).toEqual(['ROLLOUT_STUCK'])
  })

  it('in a Secret that does not exist are reported as missing', () => {
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'nowhere', key: 'k' } } }]
    const found = findingsOf(world =>
      addRelease(world, 'users', NOW - 60, { env }, { isStuck: true, pod: { ready: false } }),
    )
    expect(found).toContainEqual(
      expect.objectContaining({
        code: 'CONFIG_MISSING',
        message: expect.stringContaining('Secret nowhere for KEY'),
      }),
    )
  })
})

describe('memory', () => {
  const growing = (world: World) =>
    setCurve(
      world,
      'memory',
      { pod: 'users-h3-1', container: 'users' },
      time => (time < NOW - 60 ? 60 : 60 + (time - NOW + 60) * 2.5) * 2 ** 20,
    )

  it('that grows towards its limit is a leak', () => {
    expect(findingsOf(growing).map(finding => finding.code)).toContain('MEMORY_LEAK')
  })

  it('that grows with the request rate is load', () => {
    const found = findingsOf(world => {
      growing(world)
      setCurve(world, 'request-rate', { service: 'users' }, step(10, 40, NOW - 62))
    })
    expect(found.map(finding => finding.code)).toContain('MEMORY_GROWS_WITH_LOAD')
  })
})

describe('the infrastructure of the pods', () => {
  it('is analysed: quotas, scheduling, nodes that are NotReady, failed syncs, autoscalers at their limit', () => {
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
    const codes = found.map(finding => finding.code)
    expect(codes).toEqual(
      expect.arrayContaining([
        'QUOTA_EXCEEDED',
        'NODE_NOT_READY',
        'UNSCHEDULABLE',
        'AUTOSCALER_AT_LIMIT',
        'SYNC_FAILED',
      ]),
    )
    expect(found.find(finding => finding.code === 'UNSCHEDULABLE')?.message).toContain('Insufficient cpu')
  })
})

describe('dependencies', () => {
  it.each([
    {
      kind: 'Endpoints',
      metadata: { name: 'db', namespace: NAMESPACE },
      subsets: [{ addresses: [{ ip: '192.0.2.7' }], ports: [{ port: 5432 }] }],
    },
    {
      kind: 'EndpointSlice',
      metadata: { name: 'db-x7k2p', namespace: NAMESPACE, labels: { 'kubernetes.io/service-name': 'db' } },
      endpoints: [{ addresses: ['192.0.2.7'], conditions: { ready: true } }],
      ports: [{ port: 5432 }],
    },
  ])(
    'are found by connection errors in logs where nothing checks them, by an address of $kind, and not when they are a service of the namespace',
    behindIt => {
      const found = findingsOf(world => {
        world.objects.push(behindIt)
        world.series = world.series.filter(series => series.name !== 'dependency-up')
        withPods(world, 'users', { ready: false, readyAt: NOW - 30 })
        for (const number of [1, 2])
          world.logs[questionId.logs(`users-h3-${number}`, 'users', false)] = [
            'connect ECONNREFUSED 192.0.2.7:5432',
            'connect ECONNREFUSED orders:8080',
          ]
      })
      expect(found.filter(finding => finding.code.startsWith('DEPENDENCY_'))).toEqual([
        {
          code: 'DEPENDENCY_REFUSES_CONNECTIONS',
          name: 'db',
          message: 'db refuses connections from users: “connect ECONNREFUSED 192.0.2.7:5432”',
        },
      ])
    },
  )

  it('that are down are found without any log line', () => {
    const found = findingsOf(world =>
      setCurve(world, 'dependency-up', { service: 'users', dependency: 'db' }, time =>
        time < NOW - 30 ? 1 : 0,
      ),
    )
    expect(found.map(finding => finding.code)).toContain('DEPENDENCY_DOWN')
  })
})

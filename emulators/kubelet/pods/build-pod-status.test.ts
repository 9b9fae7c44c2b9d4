import type { ContainerStatus, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { expect, test } from 'vitest'
import { buildPodStatus } from './build-pod-status.ts'

const container = (change: Partial<ContainerStatus>): ContainerStatus => ({
  name: 'web',
  image: 'i',
  imageID: '',
  ready: false,
  restartCount: 0,
  state: { waiting: { reason: 'ContainerCreating' } },
  lastState: {},
  ...change,
})
const running = { state: { running: { startedAt: '2026-01-01T00:00:00Z' } } }
const ended = (exitCode: number) => ({ state: { terminated: { exitCode } } })

function statusOf(
  mains: ContainerStatus[],
  options: { inits?: ContainerStatus[]; restartPolicy?: string; isOver?: boolean } = {},
) {
  const { inits = [], restartPolicy, isOver = false } = options
  const metadata = { name: 'web-1', namespace: 'shop', uid: 'u', resourceVersion: '1' }
  const pod: Pod = { metadata, spec: { restartPolicy, containers: [{ name: 'web' }] } }
  const addresses = { podIp: '127.1.1.1', hostIp: '127.1.0.1' }
  const times = { startTime: '2026-01-01T00:00:00Z', now: '2026-01-01T00:00:09Z' }
  return buildPodStatus({ pod, inits, mains, isOver, previous: undefined, ...addresses, ...times })
}

test.each([
  ['one container is still waiting', [container(running), container({})], {}, 'Pending'],
  ['an init container is still running', [container({})], { inits: [container(running)] }, 'Pending'],
  [
    'an init container failed without a restart',
    [container({})],
    { inits: [container(ended(1))], restartPolicy: 'Never' },
    'Failed',
  ],
  ['all are running', [container(running)], {}, 'Running'],
  ['one crashed and is waiting for its restart', [container({ lastState: ended(1).state })], {}, 'Running'],
  ['one exited and will be restarted', [container(ended(0))], { restartPolicy: 'Always' }, 'Running'],
  ['all succeeded', [container(ended(0))], { restartPolicy: 'OnFailure' }, 'Succeeded'],
  [
    'one failed and is not restarted',
    [container(ended(0)), container(ended(2))],
    { restartPolicy: 'Never' },
    'Failed',
  ],
  ['it was deleted while crashing', [container({ lastState: ended(1).state })], { isOver: true }, 'Failed'],
  ['it was deleted and succeeded', [container(ended(0))], { isOver: true }, 'Succeeded'],
])('the phase is correct if %s', (_case, mains, options, phase) => {
  expect(statusOf(mains, options).phase).toBe(phase)
})

test('a condition keeps its transition time until it changes', () => {
  const metadata = { name: 'web-1', namespace: 'shop', uid: 'u', resourceVersion: '1' }
  const pod: Pod = { metadata, spec: { containers: [{ name: 'web' }] } }
  const shared = { pod, podIp: '', hostIp: '', startTime: '', inits: [], isOver: false }
  const first = buildPodStatus({ ...shared, mains: [container(running)], previous: undefined, now: 'first' })
  const second = buildPodStatus({
    ...shared,
    mains: [container({ ...running, ready: true })],
    previous: first,
    now: 'second',
  })
  const changedAt = (type: string) =>
    second.conditions?.find(condition => condition.type === type)?.lastTransitionTime
  expect([changedAt('Ready'), changedAt('Initialized')]).toEqual(['second', 'first'])
})

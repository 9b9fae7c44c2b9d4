import type { Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import {
  eventually,
  startTestCluster,
  type TestCluster,
} from '@goalixa/emulators-shared/testing/start-test-cluster'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestNode } from './testing/start-test-node.ts'

let cluster: TestCluster
let node: Awaited<ReturnType<typeof startTestNode>>

beforeAll(async () => {
  cluster = await startTestCluster()
  node = await startTestNode(cluster)
})
afterAll(async () => {
  await node?.stop({ graceMs: 200 })
  await cluster?.stop()
})

const IMAGE = 'registry.test/shop/web:1'
const shell = (script: string) => ({ command: ['sh', '-c', script] })
const terminatedOf = (pod: Pod) => pod.status?.containerStatuses?.[0]?.state?.terminated
const log = (pod: string, container = 'web') => node.ask(`/containerLogs/shop/${pod}/${container}`)
const condition = (pod: Pod, type: string) =>
  pod.status?.conditions?.find(condition => condition.type === type)?.status

describe('a sidecar', () => {
  const sidecar = (script: string, more = {}) => ({
    name: 'proxy',
    image: IMAGE,
    restartPolicy: 'Always',
    ...shell(script),
    ...more,
  })

  test('starts before the containers, runs beside them, and stops after them without affecting the result of the pod', async () => {
    await node.runPod('batch', shell('echo work; sleep 1'), {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 5,
      initContainers: [sidecar('trap "echo ended; exit 1" TERM; echo serving; while :; do sleep 0.1; done')],
    })
    const running = await node.podWhen('batch', pod => pod.status?.phase === 'Running')
    expect(running.status?.initContainerStatuses?.[0]).toMatchObject({ started: true, ready: true })
    expect(condition(running, 'Initialized')).toBe('True')
    const done = await node.podWhen('batch', pod => pod.status?.phase === 'Succeeded')
    expect(done.status?.initContainerStatuses?.[0]?.state?.terminated?.exitCode).toBe(1)
    expect(await log('batch', 'proxy')).toBe('serving\nended\n')
  })

  test('is restarted when it exits, even if the restart policy of the pod is Never', async () => {
    await node.runPod('restless', shell('sleep 60'), {
      restartPolicy: 'Never',
      initContainers: [sidecar('sleep 0.3')],
    })
    await node.podWhen('restless', pod => (pod.status?.initContainerStatuses?.[0]?.restartCount ?? 0) >= 2)
    await node.deletePod('restless', 1)
  })
})

describe('a container that exits', () => {
  test('reports its termination message', async () => {
    await node.runPod(
      'speaking',
      shell('echo "no disk left" > "$SANDBOX_ROOT/dev/termination-log"; exit 2'),
      {
        restartPolicy: 'Never',
      },
    )
    const pod = await node.podWhen('speaking', terminated)
    expect(terminatedOf(pod)).toMatchObject({ exitCode: 2, reason: 'Error', message: 'no disk left\n' })
  })

  test('reports the end of its log after a failure, if its termination message policy asks for it', async () => {
    const run = (name: string, exitCode: number) =>
      node.runPod(
        name,
        { ...shell(`echo last words; exit ${exitCode}`), terminationMessagePolicy: 'FallbackToLogsOnError' },
        { restartPolicy: 'Never' },
      )
    await Promise.all([run('failed', 1), run('fine', 0)])
    expect(terminatedOf(await node.podWhen('failed', terminated))?.message).toBe('last words\n')
    expect(terminatedOf(await node.podWhen('fine', terminated))?.message).toBeUndefined()
  })

  const terminated = (pod: Pod) => terminatedOf(pod) !== undefined
})

test('a pod is stopped when its active deadline expires, whatever its restart policy', async () => {
  await node.runPod('limited', shell('sleep 60'), {
    activeDeadlineSeconds: 1,
    terminationGracePeriodSeconds: 1,
  })
  const pod = await node.podWhen('limited', seen => seen.status?.phase === 'Failed')
  expect(pod.status).toMatchObject({ reason: 'DeadlineExceeded' })
})

test('an invalid image name is reported as InvalidImageName, and nothing is pulled', async () => {
  await node.runPod('misnamed', { image: 'UPPER/case' })
  await eventually(async () => (await node.messagesOf('misnamed', 'InspectFailed')).length > 0)
  const pod = await node.podWhen('misnamed', seen => seen.status?.phase === 'Pending')
  expect(pod.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('InvalidImageName')
  expect(await node.messagesOf('misnamed', 'BackOff')).toEqual([])
})

describe('hooks', () => {
  test('a failing postStart hook stops the container and is reported', async () => {
    await node.runPod(
      'hooked',
      {
        ...shell('sleep 60'),
        lifecycle: { postStart: { exec: { command: ['sh', '-c', 'echo no; exit 4'] } } },
      },
      { restartPolicy: 'Never', terminationGracePeriodSeconds: 1 },
    )
    await node.podWhen('hooked', pod => pod.status?.phase === 'Failed')
    expect(await node.messagesOf('hooked', 'FailedPostStartHook')).toEqual(['PostStartHook failed: no\n'])
  })

  test('a preStop hook runs before the container gets SIGTERM', async () => {
    const script = 'trap "cat $SANDBOX_ROOT/shared/said; exit" TERM; echo up; while :; do sleep 0.1; done'
    await node.runPod(
      'leaving',
      {
        ...shell(script),
        volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
        lifecycle: {
          preStop: { exec: { command: ['sh', '-c', 'echo draining > "$SANDBOX_ROOT/shared/said"'] } },
        },
      },
      { volumes: [{ name: 'shared', emptyDir: {} }], initContainers: [] },
    )
    await eventually(async () => (await log('leaving')) === 'up\n')
    const ended = fetch(`http://${node.env.NODE_IP}:10250/containerLogs/shop/leaving/web?follow=true`)
    await node.deletePod('leaving', 5)
    expect(await (await ended).text()).toBe('up\ndraining\n')
  })
})

describe('a volume of a ConfigMap', () => {
  const path = '/api/v1/namespaces/shop/configmaps'
  const show =
    'while :; do echo "$(cat $SANDBOX_ROOT/etc/all/mode 2>&1) $(cat $SANDBOX_ROOT/etc/part)"; sleep 0.2; done'

  test('is updated key by key when the ConfigMap changes, except for a file mounted by subPath', async () => {
    await cluster.create(path, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'speeds' },
      data: { mode: 'slow' },
    })
    await node.runPod(
      'following',
      {
        ...shell(show),
        volumeMounts: [
          { name: 'speeds', mountPath: '/etc/all' },
          { name: 'speeds', mountPath: '/etc/part', subPath: 'mode' },
        ],
      },
      { volumes: [{ name: 'speeds', configMap: { name: 'speeds' } }] },
    )
    await eventually(async () => (await log('following')).includes('slow slow\n'))
    const contentType = 'application/merge-patch+json'
    await cluster.client.request('PATCH', `${path}/speeds`, { contentType, body: { data: { mode: 'fast' } } })
    await eventually(async () => (await log('following')).includes('fast slow\n'))
    await cluster.client.request('PATCH', `${path}/speeds`, { contentType, body: { data: { mode: null } } })
    await eventually(async () => (await log('following')).includes('No such file'))
  })
})

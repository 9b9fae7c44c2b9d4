import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import {
  eventually,
  startTestCluster,
  type TestCluster,
} from '@goalixa/emulators-shared/testing/start-test-cluster'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testNodeEnv } from './testing/start-test-node.ts'

let cluster: TestCluster
const started: ChildProcess[] = []

beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(async () => {
  for (const kubelet of started) kubelet.kill('SIGKILL')
  await cluster?.stop()
})

test('after kill -9 of the kubelet, none of its processes survive, and the next kubelet restarts the pod', async () => {
  const env = testNodeEnv(cluster)
  const start = () => {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url))
    const kubelet = spawn(process.execPath, [main], { env, stdio: 'ignore' })
    started.push(kubelet)
    return kubelet
  }
  const path = '/api/v1/namespaces/shop/pods'
  const podWhen = (isRight: (pod: Pod) => boolean | undefined) =>
    eventually(async () => {
      const pod = await cluster.client.request<Pod>('GET', `${path}/lonely`)
      return isRight(pod) ? pod : undefined
    })
  // `$$$$` in a pod's command is a shell's `$$`. The shell has a child of its own: the whole group must be killed, not
  // only the process that the kubelet started.
  const script = 'node -e "setInterval(() => {}, 1000)" & echo "pids $$$$ $!"; wait'
  const containers = [{ name: 'web', image: 'registry.test/shop/web:1', command: ['sh', '-c', script] }]

  const first = start()
  await cluster.create(path, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'lonely' },
    spec: { nodeName: 'node-1', containers },
  })
  await podWhen(pod => pod.status?.phase === 'Running')
  const log = `http://${env.NODE_IP}:${env.KUBELET_PORT}/containerLogs/shop/lonely/web`
  const [, ...pids] = await eventually(
    async () => /pids (\d+) (\d+)/.exec(await (await fetch(log)).text()) ?? undefined,
  )
  expect(pids.map(Number).every(isAlive)).toBe(true)
  first.kill('SIGKILL')
  await eventually(() => !pids.map(Number).some(isAlive), 5_000)

  start()
  const pod = await podWhen(
    seen => seen.status?.containerStatuses?.[0]?.restartCount === 1 && seen.status.phase === 'Running',
  )
  expect(pod.status?.containerStatuses?.[0]?.lastState?.terminated?.reason).toBe('Unknown')
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

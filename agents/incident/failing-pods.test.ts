import { describe, expect, it } from 'vitest'
import { questionId } from '../snapshot/question-id.ts'
import { AT, addDecoys, CRASHING, expectCause } from '../testing/cases.ts'
import { investigate } from '../testing/investigate.ts'
import { iso, NAMESPACE } from '../testing/kube.ts'
import { addAlert, addRelease, healthyWorld, NOW, setCurve } from '../testing/sample-cluster.ts'

describe('pods that fail, beside decoys', () => {
  it('show a release that crashes at start, while old pods still serve', () => {
    const world = addDecoys(healthyWorld())
    addRelease(
      world,
      'users',
      AT,
      { image: 'registry.example/shop/users:1.1.0' },
      { isStuck: true, pod: CRASHING },
    )
    world.logs[questionId.logs('users-h4-1', 'users', true)] = [
      'starting',
      "Error: Cannot find module './flags.json'",
    ]
    addAlert(world, 'KubePodCrashLooping', { pod: 'users-h4-1', container: 'users' }, NOW - 10)
    const found = investigate(world)
    expectCause(found, 'RELEASE_CRASHES_AT_START', 'users', ['git-revert'])
    expect(found.verdict.causes[0]?.message).toContain('flags.json')
    expect(found.verdict.causes[0]?.for.map(argument => argument.code)).toContain('OLD_REVISION_HEALTHY')
    expect(
      found.verdict.ruledOut.some(
        suspect => suspect.subject.name === 'shop' && suspect.message.includes('ruled out'),
      ),
    ).toBe(true)
  })

  it('show an image that does not exist', () => {
    const world = addDecoys(healthyWorld())
    const image = 'registry.example/shop/users:9.9.9'
    addRelease(
      world,
      'users',
      AT,
      { image },
      {
        isStuck: true,
        pod: {
          ready: false,
          phase: 'Pending',
          state: { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` } },
        },
      },
    )
    world.events.push({
      type: 'Warning',
      reason: 'Failed',
      message: `Failed to pull image "${image}": manifest unknown`,
      object: { kind: 'Pod', namespace: NAMESPACE, name: 'users-h4-1' },
      count: 3,
      firstAt: iso(AT),
      lastAt: iso(NOW - 5),
    })
    addAlert(world, 'KubePodImagePullFailing', { pod: 'users-h4-1', container: 'users' }, NOW - 8)
    expectCause(investigate(world), 'IMAGE_NOT_FOUND', 'users', ['git-revert'])
  })

  it('show a key that the ConfigMap does not have', () => {
    const world = addDecoys(healthyWorld())
    world.objects.push({
      kind: 'ConfigMap',
      metadata: { name: 'users-config', namespace: NAMESPACE },
      data: { A: '1' },
    })
    const env = [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'users-config', key: 'mode' } } }]
    addRelease(
      world,
      'users',
      AT,
      { env },
      {
        isStuck: true,
        pod: {
          ready: false,
          phase: 'Pending',
          state: {
            waiting: {
              reason: 'CreateContainerConfigError',
              message: "couldn't find key mode in ConfigMap shop-production/users-config",
            },
          },
        },
        patch:
          '+        - name: MODE\n+          valueFrom:\n+            configMapKeyRef: { name: users-config, key: mode }',
      },
    )
    addAlert(world, 'KubePodConfigError', { pod: 'users-h4-1', container: 'users' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'CONFIG_KEY_MISSING', 'users', ['git-revert'])
    expect(found.verdict.causes[0]?.message).toContain('key mode of ConfigMap users-config')
  })

  it('show a leak that reaches the memory limit', () => {
    const world = addDecoys(healthyWorld())
    addRelease(
      world,
      'orders',
      AT - 60,
      { image: 'registry.example/shop/orders:1.1.0' },
      {
        pod: {
          restartCount: 1,
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: iso(NOW - 9) } },
        },
      },
    )
    for (const number of [1, 2])
      setCurve(world, 'memory', { pod: `orders-h4-${number}`, container: 'orders' }, time => {
        if (time < AT - 58) return null
        return time < NOW - 9 ? (60 + (time - AT + 58) * 2.2) * 2 ** 20 : 60 * 2 ** 20
      })
    addAlert(world, 'KubeContainerOOMKilled', { pod: 'orders-h4-1', container: 'orders' }, NOW - 6)
    const found = investigate(world)
    expectCause(found, 'MEMORY_LEAK', 'orders', ['git-revert'])
    expect(found.verdict.causes[0]?.chain.map(link => link.code)).toEqual([
      'MEMORY_LEAK',
      'OOM_KILLED',
      'ALERT_FIRING',
    ])
  })

  it('show a readiness probe with another path than before', () => {
    const world = addDecoys(healthyWorld())
    addRelease(
      world,
      'orders',
      AT,
      { readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1 } },
      {
        isStuck: true,
        pod: { ready: false, readyAt: AT + 1 },
        patch: '-            path: /readyz\n+            path: /healthz',
      },
    )
    world.events.push({
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 404',
      object: { kind: 'Pod', namespace: NAMESPACE, name: 'orders-h4-1' },
      count: 30,
      firstAt: iso(AT + 2),
      lastAt: iso(NOW - 1),
    })
    addAlert(world, 'KubePodNotReady', { pod: 'orders-h4-1' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'READINESS_PROBE_FAILS', 'orders', ['git-revert'])
    expect(found.verdict.causes[0]?.message).toContain(
      '/healthz on port http; previous revision: HTTP GET /readyz',
    )
  })

  it('show a liveness probe that kills a process', () => {
    const world = addDecoys(healthyWorld())
    const livenessProbe = { httpGet: { path: '/alive', port: 'http' } }
    addRelease(
      world,
      'orders',
      AT,
      { livenessProbe },
      {
        patch: '+          livenessProbe:\n+            httpGet: { path: /alive, port: http }',
        pod: {
          restartCount: 3,
          ready: false,
          lastState: { terminated: { exitCode: 137, reason: 'Error', finishedAt: iso(NOW - 4) } },
        },
      },
    )
    world.events.push({
      type: 'Normal',
      reason: 'Killing',
      message: 'Container orders failed liveness probe, will be restarted',
      object: { kind: 'Pod', namespace: NAMESPACE, name: 'orders-h4-1' },
      count: 3,
      firstAt: iso(AT + 3),
      lastAt: iso(NOW - 4),
    })
    addAlert(world, 'KubePodNotReady', { pod: 'orders-h4-1' }, NOW - 8)
    expectCause(investigate(world), 'LIVENESS_PROBE_FAILS', 'orders', ['git-revert'])
  })
})

import { describe, expect, it } from 'vitest'
import { questionId } from '../snapshot/question-id.ts'
import { iso } from '../testing/kube.ts'
import { NOW, type World } from '../testing/sample-cluster.ts'
import { causeOf, podOf, restarted, waiting } from '../testing/stuck-release.ts'

describe('a container that keeps crashing', () => {
  it('by itself is reported with its exit code and its last output', () => {
    const found = causeOf(restarted({ exitCode: 3, reason: 'Error' }))
    expect(found).toMatchObject({ code: 'RELEASE_CRASHES_AT_START', method: 'git-revert' })
    expect(found.message).toContain('exited with code 3')
  })

  it('because the runtime cannot start it is reported with the message of the runtime', () => {
    const message = 'exec: "serve": executable file not found in $PATH: unknown'
    const found = causeOf(restarted({ exitCode: 128, reason: 'StartError', message }))
    expect(found.code).toBe('RELEASE_CRASHES_AT_START')
    expect(found.message).toContain('executable file not found')
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
    expect(found.message).toContain('/alive on port http')
  })

  it('before the others may start is an init container', () => {
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
        world.logs[questionId.logs('users-h4-1', 'migrate', true)] = [
          'Error: relation "orders" does not exist',
        ]
      },
    })
    expect(found.code).toBe('RELEASE_CRASHES_AT_START')
    expect(found.message).toMatch(/migrate of users-h4-1 exited with code 1.*relation/)
  })

  it('at its memory limit has the release that lowered it as its cause', () => {
    const found = causeOf(restarted({ exitCode: 137, reason: 'OOMKilled' }), {
      container: { resources: { limits: { memory: '64Mi' } } },
    })
    expect(found).toMatchObject({ code: 'MEMORY_LIMIT_LOWERED', method: 'git-revert' })
    expect(found.message).toContain('from 256 MiB to 64 MiB')
  })

  it('at an unchanged memory limit is OOM-killed', () => {
    expect(causeOf(restarted({ exitCode: 137, reason: 'OOMKilled' })).code).toBe('MEMORY_LIMIT_HIT')
  })

  it('at its memory limit may be an init container', () => {
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

describe('an image that cannot be pulled', () => {
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
  ])('is %s by the message of the runtime: %s', (code, message) => {
    const back = waiting('ImagePullBackOff', `Back-off pulling image "${IMAGE}"`)
    const old = {
      reason: 'Failed',
      message: 'Failed to pull image "x": 429 Too Many Requests',
      at: NOW - 900,
    }
    expect(causeOf(back, { events: [old, { reason: 'Failed', message }] }).code).toBe(code)
  })

  it('from a registry that only the new release uses is the fault of the release', () => {
    const image = 'registry.exmaple/shop/users:1.1.0'
    const message = `Failed to pull image "${image}": dial tcp: lookup registry.exmaple: no such host`
    const found = causeOf(waiting('ErrImagePull'), {
      container: { image },
      events: [{ reason: 'Failed', message }],
    })
    expect(found).toMatchObject({ code: 'IMAGE_PULL_FAILS', method: 'git-revert' })
  })
})

describe('a setting that does not exist', () => {
  it.each([
    ['CONFIG_MISSING', 'configmap "users-config" not found'],
    ['CONFIG_MISSING', 'secret "users-secret" not found'],
    ['CONFIG_KEY_MISSING', "couldn't find key mode in ConfigMap shop-production/users-config"],
    ['CONFIG_KEY_MISSING', "couldn't find key url in Secret shop-production/users-secret"],
  ])('is %s by the message of the kubelet: %s', (code, message) => {
    const container = { envFrom: [{ configMapRef: { name: 'users-config' } }] }
    const change = (world: World) =>
      world.unreadable.push(questionId.objects('wiring'), questionId.objects('secrets'))
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
  ])('keeps a pod from starting: %s', (code, message) => {
    const events = [{ reason: code === 'VOLUME_NOT_MOUNTED' ? 'FailedAttachVolume' : 'FailedMount', message }]
    expect(causeOf(waiting('ContainerCreating'), { events }).code).toBe(code)
  })
})

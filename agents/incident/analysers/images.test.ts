import { describe, expect, it } from 'vitest'
import { questionId } from '../../snapshot/question-id.ts'
import { findingsOf } from '../../testing/findings-of.ts'
import { pod, service, templateOf } from '../../testing/kube.ts'
import { NOW, setCurve, step, type World } from '../../testing/sample-cluster.ts'

function withPods(world: World, name: string, status: Record<string, unknown>): void {
  world.objects = world.objects.filter(object => !object.metadata.name.startsWith(`${name}-h3-`))
  world.objects.push(
    pod(name, templateOf(name), 3, 1, NOW - 60, status),
    pod(name, templateOf(name), 3, 2, NOW - 60, status),
  )
}

describe('images that cannot be pulled', () => {
  it.each([
    ['IMAGE_NOT_FOUND', 'manifest unknown: manifest unknown'],
    ['IMAGE_AUTH_REFUSED', 'unauthorized: authentication required'],
    ['IMAGE_RATE_LIMITED', 'toomanyrequests: You have reached your pull rate limit'],
    ['IMAGE_WRONG_ARCHITECTURE', 'no match for platform in manifest'],
    ['IMAGE_REGISTRY_UNREACHABLE', 'dial tcp: i/o timeout'],
    ['IMAGE_PULL_FAILS', 'something else'],
  ])('are %s by the message “%s” of the registry', (code, message) => {
    const waiting = { reason: 'ErrImagePull', message }
    const found = findingsOf(world =>
      withPods(world, 'users', { ready: false, phase: 'Pending', state: { waiting } }),
    )
    expect(found.filter(finding => finding.code.startsWith('IMAGE_'))).toEqual([
      expect.objectContaining({
        code,
        name: 'users',
        message: expect.stringContaining('registry.example/shop/users:1.0.0'),
      }),
    ])
  })
})

describe('an image tag with digits in it', () => {
  it.each(['20260429', '20240403-1', '404'])('is not taken for a status of the registry: %s', tag => {
    const image = `registry.example/shop/users:${tag}`
    const message = `Failed to pull image "${image}": failed to resolve "https://registry.example/v2/shop/users/manifests/${tag}": dial tcp: i/o timeout`
    const found = findingsOf(world =>
      withPods(world, 'users', {
        ready: false,
        phase: 'Pending',
        state: { waiting: { reason: 'ErrImagePull', message } },
      }),
    )
    expect(found.filter(finding => finding.code.startsWith('IMAGE_')).map(finding => finding.code)).toEqual([
      'IMAGE_REGISTRY_UNREACHABLE',
    ])
  })
})

describe('Services', () => {
  it('that select a label which no pod has are reported with that label', () => {
    const found = findingsOf(world => {
      world.objects = world.objects.filter(
        object => object.kind !== 'Service' || object.metadata.name !== 'users',
      )
      world.objects.push(service('users', { selector: { 'app.kubernetes.io/name': 'user' } }))
    })
    expect(found).toContainEqual({
      code: 'SERVICE_SELECTOR_MISMATCH',
      name: 'users',
      message:
        'Service users selects app.kubernetes.io/name=user, but the pods of users have app.kubernetes.io/name=users',
    })
  })

  it('without pods by design, beside another Service of the same workload, are no fault', () => {
    const selector = { 'app.kubernetes.io/name': 'users', role: 'replica' }
    const found = findingsOf(world => world.objects.push(service('users-replica', { selector })))
    expect(found).toEqual([])
  })

  it('that target a port name which no container has are a mismatch; an undeclared port number is not', () => {
    const withTargetLock = (targetPort: string | number, ports?: unknown[]) =>
      findingsOf(world => {
        world.objects = world.objects.filter(
          object => object.kind !== 'Service' || object.metadata.name !== 'users',
        )
        world.objects.push(service('users', { ports: [{ port: 80, targetPort }] }))
        if (ports) withPodsOf(world, ports)
      }).map(finding => finding.code)
    expect(withTargetLock('web')).toContain('SERVICE_PORT_MISMATCH')
    expect(withTargetLock(8080)).toEqual([])
    expect(withTargetLock(9999, [])).toEqual([])
    expect(withTargetLock(8080, [{ name: 'metrics', containerPort: 9090 }])).toEqual([])
  })

  it('that target an undeclared port number are a mismatch where ready pods refuse connections', () => {
    const withPort = (spec: object) =>
      findingsOf(world => {
        world.objects = world.objects.filter(
          object => object.kind !== 'Service' || object.metadata.name !== 'users',
        )
        world.objects.push(service('users', { ports: [{ port: 80, targetPort: 8081 }], ...spec }))
        // Logs are only read of services with a symptom.
        setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'users' }, step(0, 1, NOW - 40))
        for (const number of [1, 2])
          world.logs[questionId.logs(`front-h3-${number}`, 'front', false)] = [
            'connect ECONNREFUSED users:80',
          ]
      }).map(finding => finding.code)
    expect(withPort({})).toContain('SERVICE_PORT_MISMATCH')
    expect(withPort({ clusterIP: 'None' })).not.toContain('SERVICE_PORT_MISMATCH')
  })

  function withPodsOf(world: World, ports: unknown[]): void {
    world.objects = world.objects.filter(object => !object.metadata.name.startsWith('users-h3-'))
    world.objects.push(
      pod('users', templateOf('users', { ports }), 3, 1, NOW - 900),
      pod('users', templateOf('users', { ports }), 3, 2, NOW - 900),
    )
  }
})

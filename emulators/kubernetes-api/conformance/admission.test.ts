import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect } from './connect.ts'
import type { Json } from './json.ts'
import { configMap, deployment } from './manifests.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
})
afterAll(() => api.stop())

const MERGE = { type: 'application/merge-patch+json' }

describe('defaults', () => {
  it('are set on a deployment', async () => {
    const { body } = await api.request(
      'POST',
      api.apps('deployments?dryRun=All'),
      deployment('defaulted', object => {
        object.spec.replicas = undefined
        object.spec.template.spec.containers[0].readinessProbe = { httpGet: { port: 8080 } }
      }),
    )
    expect(body.spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: {
        spec: {
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          containers: [
            {
              imagePullPolicy: 'IfNotPresent',
              ports: [{ containerPort: 8080, protocol: 'TCP' }],
              readinessProbe: {
                httpGet: { path: '/', port: 8080, scheme: 'HTTP' },
                periodSeconds: 10,
                timeoutSeconds: 1,
                successThreshold: 1,
                failureThreshold: 3,
              },
            },
          ],
        },
      },
    })
    expect(body.metadata.generation).toBe(1)
  })

  it('are set on a service, including its cluster IP', async () => {
    const { body } = await api.request('POST', api.core('services'), {
      metadata: { name: 'svc' },
      spec: { selector: { app: 'x' }, ports: [{ port: 80 }] },
    })
    expect(body.spec).toMatchObject({
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    })
    expect(body.spec.clusterIP).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
  })
})

describe('validation errors', () => {
  const refused = async (change: (object: Json) => void) =>
    (await api.request('POST', api.apps('deployments'), deployment('refused', change))).body

  it('name a missing required field', async () => {
    const body = await refused(object => {
      delete object.spec.template.spec.containers[0].image
    })
    expect(body).toMatchObject({
      kind: 'Status',
      code: 422,
      reason: 'Invalid',
      message: 'Deployment.apps "refused" is invalid: spec.template.spec.containers[0].image: Required value',
      details: {
        name: 'refused',
        group: 'apps',
        kind: 'Deployment',
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value',
            field: 'spec.template.spec.containers[0].image',
          },
        ],
      },
    })
  })

  it('report a selector that does not match the template', async () => {
    const body = await refused(object => {
      object.spec.template.metadata.labels = { app: 'other' }
    })
    expect(body.message).toContain('`selector` does not match template `labels`')
  })

  it('report a changed selector', async () => {
    await api.request('POST', api.apps('deployments'), deployment('fixed'))
    const patch = {
      spec: {
        selector: { matchLabels: { app: 'fixed', more: 'x' } },
        template: { metadata: { labels: { more: 'x' } } },
      },
    }
    const { body } = await api.request('PATCH', api.apps('deployments/fixed'), patch, MERGE)
    expect(body).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'spec.selector', reason: 'FieldValueInvalid' }] },
    })
    expect(body.message).toContain('field is immutable')
  })

  it('report an invalid name, an invalid port, and requests above limits', async () => {
    expect(
      (
        await refused(object => {
          object.metadata.name = 'Bad_Name'
        })
      ).message,
    ).toContain('metadata.name: Invalid value: "Bad_Name"')
    expect(
      (
        await refused(object => {
          object.spec.template.spec.containers[0].ports[0].containerPort = 70000
        })
      ).message,
    ).toContain('must be between 1 and 65535, inclusive')
    const heavy = await refused(object => {
      object.spec.template.spec.containers[0].resources = {
        requests: { memory: '2Gi' },
        limits: { memory: '1Gi' },
      }
    })
    expect(heavy.message).toContain('must be less than or equal to memory limit of 1Gi')
  })

  it('report a mount of a missing volume', async () => {
    const body = await refused(object => {
      object.spec.template.spec.containers[0].volumeMounts = [{ name: 'nowhere', mountPath: '/data' }]
    })
    expect(body.message).toContain(
      'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "nowhere"',
    )
  })

  it('report unknown fields under strict validation, and warn otherwise', async () => {
    const odd = deployment('odd', object => {
      object.spec.replicaz = 3
    })
    const strict = await api.request('POST', api.apps('deployments?fieldValidation=Strict'), odd)
    expect(strict.code).toBe(400)
    expect(strict.body.message).toContain('unknown field "spec.replicaz"')
    const lax = await api.request('POST', api.apps('deployments?fieldValidation=Warn&dryRun=All'), odd)
    expect(lax.headers.warning).toContain('unknown field')
    expect(lax.body.spec.replicaz).toBeUndefined()
  })

  it('report a value of a wrong type', async () => {
    const body = await refused(object => {
      object.spec.replicas = 'three'
    })
    expect(body).toMatchObject({ code: 400, reason: 'BadRequest' })
    expect(body.message).toContain('cannot unmarshal string into Go struct field')
  })

  it('report a missing namespace', async () => {
    const { body } = await api.request(
      'POST',
      '/api/v1/namespaces/nowhere-at-all/configmaps',
      configMap('lost'),
    )
    expect(body).toMatchObject({ code: 404, message: 'namespaces "nowhere-at-all" not found' })
  })

  it('report an invalid token', async () => {
    const { body } = await api.request('GET', '/api/v1/namespaces', undefined, { token: 'wrong' })
    expect(body).toMatchObject({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' })
  })
})

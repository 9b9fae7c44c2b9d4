import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  type V1Pod,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { conformanceConfig } from './config.ts'
import { type Api, connect } from './connect.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
  const labels = { 'app.kubernetes.io/name': 'found' }
  const template = {
    metadata: { labels },
    spec: {
      containers: [
        { name: 'web', image: 'registry.k8s.io/pause:3.9', ports: [{ name: 'http', containerPort: 8080 }] },
      ],
    },
  }
  await api.request('POST', api.apps('deployments'), {
    metadata: { name: 'found' },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  })
  await api.request('POST', api.core('services'), {
    metadata: { name: 'found' },
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  })
  await api.until(api.core('endpoints/found'), body => body.subsets?.[0]?.addresses?.length === 2)
})
afterAll(async () => {
  await api.stop()
})

describe('the official JavaScript client', () => {
  function config(): KubeConfig {
    const kubeconfig = new KubeConfig()
    if (conformanceConfig.CONFORMANCE_KUBECONFIG)
      kubeconfig.loadFromFile(conformanceConfig.CONFORMANCE_KUBECONFIG)
    else
      kubeconfig.loadFromOptions({
        clusters: [
          {
            name: 'it',
            server: api.url.replace('http:', 'https:'),
            caData: Buffer.from(api.certificate).toString('base64'),
            skipTLSVerify: false,
          },
        ],
        users: [{ name: 'it', token: api.token }],
        contexts: [{ name: 'it', cluster: 'it', user: 'it' }],
        currentContext: 'it',
      })
    return kubeconfig
  }

  it('reads and scales, and throws the status of a missing object', async () => {
    const apps = config().makeApiClient(AppsV1Api)
    const { namespace } = api
    expect((await apps.readNamespacedDeployment({ namespace, name: 'found' })).spec?.replicas).toBe(2)
    const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'found' })
    const scaled = await apps.replaceNamespacedDeploymentScale({
      namespace,
      name: 'found',
      body: { ...scale, spec: { replicas: 3 } },
    })
    expect(scaled.spec?.replicas).toBe(3)
    const error = await apps
      .readNamespacedDeployment({ namespace, name: 'absent' })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ApiException)
    expect(error).toMatchObject({ code: 404, body: expect.stringContaining('NotFound') })
  })

  it('keeps an informer up to date', async () => {
    const core = config().makeApiClient(CoreV1Api)
    const { namespace } = api
    const informer = makeInformer<V1Pod>(config(), `/api/v1/namespaces/${namespace}/pods`, () =>
      core.listNamespacedPod({ namespace }),
    )
    const seen: string[] = []
    informer.on('add', pod => seen.push(`add ${pod.metadata?.name}`))
    informer.on('delete', pod => seen.push(`delete ${pod.metadata?.name}`))
    await informer.start()
    await api.request('POST', api.core('pods'), {
      metadata: { name: 'passing' },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'web', image: 'registry.k8s.io/pause:3.9' }],
      },
    })
    await api.until(api.core('pods/passing'), body => body.status.phase === 'Running')
    await api.request('DELETE', api.core('pods/passing'))
    await expect
      .poll(() => seen.filter(line => line.endsWith('passing')), { timeout: 10_000 })
      .toEqual(['add passing', 'delete passing'])
    await informer.stop()
  })
})

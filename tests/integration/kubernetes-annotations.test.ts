import { createLog } from '@goalixa/chassis/log'
import { createControlPlane } from '@goalixa/kubernetes-api-emulator/create-control-plane'
import { findTool } from '@goalixa/tools/catalog'
import { createClients } from '@goalixa/tools/create-clients'
import { kubeconfigFor } from '@goalixa/tools/testing/kubeconfig-for'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { interruptedCall } from './interrupted-call.ts'

const getObject = findTool('kubernetes_get_object')
const scaleWorkload = findTool('kubernetes_scale_workload')
const STATEFUL_SETS = '/apis/apps/v1/namespaces/shop/statefulsets'
let controlPlane: ReturnType<typeof createControlPlane>
let url: string

beforeAll(async () => {
  controlPlane = createControlPlane({
    token: 'admin',
    readerToken: 'reader',
    log: createLog({ service: 'test', level: 'error' }),
  })
  url = (await controlPlane.start()).url
  await api('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } })
})
afterAll(() => controlPlane.stop())

async function api(method: string, path: string, body: unknown, type = 'application/json') {
  const headers = { authorization: 'Bearer admin', 'content-type': type }
  const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
}

// A JSON patch can test the annotations that were read, but not that there were none.
it.each([
  ['bare', undefined],
  ['annotated', { tier: 'A' }],
])(
  'scaling a %s workload keeps an annotation that appears between the read and the write',
  async (name, annotations) => {
    const labels = { app: name }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'core', image: 'core:1' }] } }
    const spec = { replicas: 2, selector: { matchLabels: labels }, template, serviceName: name }
    await api('POST', STATEFUL_SETS, { metadata: { name, annotations }, spec })
    const call = interruptedCall(async write => {
      const change = { metadata: { annotations: { note: 'kept' } } }
      if (write === 1) await api('PATCH', `${STATEFUL_SETS}/${name}`, change, 'application/merge-patch+json')
    })
    const clients = createClients({ kubernetes: { kubeconfig: kubeconfigFor(url, 'admin') } })
    const target = { namespace: 'shop', kind: 'StatefulSet', name } as const
    await scaleWorkload.run({ ...target, replicas: 4, actionId: 'act-1' }, clients, call)
    const { object } = await getObject.run(target, clients, call.signal)
    expect(object).toMatchObject({
      metadata: { annotations: { ...annotations, note: 'kept', 'syntra.goalixa.com/action': 'act-1' } },
      spec: { replicas: 4 },
    })
  },
)

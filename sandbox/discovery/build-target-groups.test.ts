import { expect, it } from 'vitest'
import { nodeTargets, podTargets } from './build-target-groups.ts'

const metadata = {
  name: 'core-1',
  namespace: 'shop',
  uid: 'u',
  resourceVersion: '1',
  labels: { 'app.kubernetes.io/name': 'core' },
}

it('builds a target for every port of a pod with an address, with the labels that relabelling uses', () => {
  const spec = {
    containers: [
      {
        name: 'core',
        ports: [
          { name: 'http', containerPort: 8080 },
          { name: 'metrics', containerPort: 9090 },
        ],
      },
    ],
  }
  const found = podTargets([
    { metadata, spec, status: { podIP: '127.40.16.2', phase: 'Running' } },
    { metadata: { ...metadata, name: 'core-2' }, spec, status: { phase: 'Pending' } },
  ])
  expect(found.map(group => group.targets)).toEqual([['127.40.16.2:8080'], ['127.40.16.2:9090']])
  expect(found[1]?.labels).toMatchObject({
    __meta_kubernetes_namespace: 'shop',
    __meta_kubernetes_pod_name: 'core-1',
    __meta_kubernetes_pod_phase: 'Running',
    __meta_kubernetes_pod_container_port_name: 'metrics',
    __meta_kubernetes_pod_label_app_kubernetes_io_name: 'core',
  })
})

it('builds a target for the kubelet of a node', () => {
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.40.32.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  }
  expect(nodeTargets([{ metadata, status }])[0]?.targets).toEqual(['127.40.32.1:10250'])
})

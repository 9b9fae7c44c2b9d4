import type { Service } from '@goalixa/emulators-shared/kubernetes/objects'
import { expect, test } from 'vitest'
import { buildDnsRecords } from './build-dns-records.ts'
import { resolveName } from './resolve-name.ts'

const service = (name: string, spec: object): Service => ({
  metadata: { name, namespace: 'shop', uid: name, resourceVersion: '1' },
  spec,
})
const services = [
  service('core', { clusterIP: '10.0.0.1' }),
  service('database', { type: 'ExternalName', externalName: 'db.example.com' }),
  service('replicas', { clusterIP: 'None' }),
]
const endpoints = [
  { portName: '', address: '10.1.0.1', port: 80, isReady: true, hostname: 'replica-0' },
  { portName: '', address: '10.1.0.2', port: 80, isReady: false, hostname: 'replica-1' },
]
const names = buildDnsRecords({
  directory: { services: () => services, endpointsOf: () => endpoints },
  ingresses: [
    {
      metadata: { name: 'app', namespace: 'shop', uid: 'i', resourceVersion: '1' },
      spec: { rules: [{ host: 'app.goalixa.com' }] },
    },
  ],
  ingressIp: '10.9.0.1',
})

test.each([
  ['core', 'shop', { addresses: ['10.0.0.1'] }],
  ['core.shop', 'other', { addresses: ['10.0.0.1'] }],
  ['core.shop.svc', 'other', { addresses: ['10.0.0.1'] }],
  ['CORE.shop.svc.cluster.local.', 'other', { addresses: ['10.0.0.1'] }],
  ['database', 'shop', { alias: 'db.example.com' }],
  ['replicas', 'shop', { addresses: ['10.1.0.1'] }],
  ['replica-0.replicas', 'shop', { addresses: ['10.1.0.1'] }],
  ['app.goalixa.com', 'shop', { addresses: ['10.9.0.1'] }],
  ['core', 'other', 'unknown'],
  ['replica-1.replicas.shop.svc', 'shop', 'unknown'],
  ['example.com', 'shop', 'outside'],
  ['localhost', 'shop', 'outside'],
])('%s resolved in %s', (name, namespace, answer) => {
  expect(resolveName(name, namespace, names)).toEqual(answer)
})

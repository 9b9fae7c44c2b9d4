import { ExpectedError } from '@goalixa/chassis/errors'
import type { Container, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { expect, test } from 'vitest'
import { buildContainerEnvironment } from './build-container-environment.ts'
import type { ConfigReader } from './create-config-reader.ts'

const stored: Record<string, Record<string, string>> = {
  'configmap/limits': { MAX: '5', MIN: '1' },
  'secret/database': { url: 'postgres://core' },
}
const read: ConfigReader = async (kind, _namespace, name, isOptional) => {
  const entries = stored[`${kind}/${name}`]
  if (entries) return new Map(Object.entries(entries).map(([key, value]) => [key, Buffer.from(value)]))
  if (isOptional) return undefined
  throw new ExpectedError('missing', 'CONFIG_NOT_FOUND', `${kind} "${name}" not found`)
}

function environmentOf(container: Partial<Container>, spec: object = {}) {
  const full = { name: 'web', ...container }
  const metadata = { name: 'web-1', namespace: 'shop', uid: 'u', resourceVersion: '1', labels: { tier: 'A' } }
  const pod: Pod = { metadata, spec: { containers: [full], nodeName: 'node-1', ...spec } }
  return buildContainerEnvironment({
    pod,
    container: full,
    read,
    services: { CORE_SERVICE_HOST: '10.0.0.1' },
    addresses: { podIp: '127.1.1.1', hostIp: '127.1.0.1' },
    node: { cpu: 2, memory: 1024 },
  })
}

test('reads variables from literals, ConfigMaps, Secrets, fields and resources; later ones override', async () => {
  const variables = await environmentOf({
    envFrom: [{ prefix: 'LIMIT_', configMapRef: { name: 'limits' } }],
    env: [
      { name: 'LIMIT_MIN', value: '2' },
      { name: 'CORE_URL', value: 'http://$(CORE_SERVICE_HOST)/' },
      { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'database', key: 'url' } } },
      { name: 'TIER', valueFrom: { fieldRef: { fieldPath: "metadata.labels['tier']" } } },
      { name: 'ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
      { name: 'CPUS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
    ],
    resources: { limits: { memory: '64Mi' } },
  })
  expect(variables).toEqual({
    CORE_SERVICE_HOST: '10.0.0.1',
    LIMIT_MAX: '5',
    LIMIT_MIN: '2',
    CORE_URL: 'http://10.0.0.1/',
    DATABASE_URL: 'postgres://core',
    TIER: 'A',
    ADDRESS: '127.1.1.1',
    MEMORY: '64',
    CPUS: '2',
  })
})

test('reports a missing object or key with the message of the kubelet, unless it is optional', async () => {
  const key = (name: string, optional?: boolean) => ({
    env: [{ name: 'A', valueFrom: { secretKeyRef: { name, key: 'nothing', optional } } }],
  })
  await expect(environmentOf(key('database'))).rejects.toThrow(
    "couldn't find key nothing in Secret shop/database",
  )
  await expect(environmentOf(key('nowhere'))).rejects.toThrow('secret "nowhere" not found')
  await expect(environmentOf({ envFrom: [{ configMapRef: { name: 'nowhere' } }] })).rejects.toThrow(
    'configmap "nowhere" not found',
  )
  expect(await environmentOf(key('nowhere', true), { enableServiceLinks: false })).toEqual({})
})

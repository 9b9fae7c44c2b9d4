import type { Ingress } from '@goalixa/emulators-shared/kubernetes/objects'
import { expect, test } from 'vitest'
import { createRouteTable } from './create-route-table.ts'

type Path = { path: string; pathType: string; service: string }

function ingress(
  name: string,
  host: string | undefined,
  paths: Path[],
  annotations: Record<string, string> = {},
): Ingress {
  const prefixed = Object.entries(annotations).map(([key, value]) => [
    `nginx.ingress.kubernetes.io/${key}`,
    value,
  ])
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: name,
      resourceVersion: '1',
      annotations: Object.fromEntries(prefixed),
    },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host,
          http: {
            paths: paths.map(({ path, pathType, service }) => ({
              path,
              pathType,
              backend: { service: { name: service, port: { name: 'http' } } },
            })),
          },
        },
      ],
    },
  }
}

const table = createRouteTable([
  ingress('app', 'app.test', [
    { path: '/', pathType: 'Prefix', service: 'pwa' },
    { path: '/bff', pathType: 'Prefix', service: 'bff' },
    { path: '/bff/exact', pathType: 'Exact', service: 'exact' },
  ]),
  ingress(
    'api',
    'api.test',
    [{ path: '/core(/|$)(.*)', pathType: 'ImplementationSpecific', service: 'core' }],
    {
      'rewrite-target': '/$2',
    },
  ),
  ingress('wild', '*.wild.test', [{ path: '/', pathType: 'Prefix', service: 'wild' }]),
  {
    ...ingress('foreign', 'foreign.test', [{ path: '/', pathType: 'Prefix', service: 'foreign' }]),
    spec: { ingressClassName: 'traefik' },
  },
])

test.each([
  ['app.test', '/', 'pwa'],
  ['app.test', '/bffx', 'pwa'],
  ['app.test', '/bff', 'bff'],
  ['app.test', '/bff/exact', 'exact'],
  ['app.test', '/bff/exact/more', 'bff'],
  ['api.test', '/core/v1/tasks', 'core'],
  ['api.test', '/other', undefined],
  ['one.wild.test', '/x', 'wild'],
  ['foreign.test', '/', undefined],
  ['nobody.test', '/', undefined],
])('%s%s routes to %s', (host, path, service) => {
  expect(table.find(host, path)?.service).toBe(service)
})

test('a rewrite keeps only the captured group', () => {
  expect(table.find('api.test', '/core/v1/tasks')?.rewrite?.('/core/v1/tasks')).toBe('/v1/tasks')
  expect(table.find('api.test', '/core')?.rewrite?.('/core')).toBe('/')
})

test('an invalid pattern gets no traffic and affects no other rule', () => {
  const broken = ingress(
    'broken',
    'app.test',
    [{ path: '/(', pathType: 'ImplementationSpecific', service: 'broken' }],
    { 'use-regex': 'true' },
  )
  const sound = ingress('app', 'app.test', [{ path: '/', pathType: 'Prefix', service: 'pwa' }])
  expect(createRouteTable([broken, sound]).find('app.test', '/(')?.service).toBe('pwa')
})

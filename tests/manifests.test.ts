import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { MAX_SYNC_BODY_BYTES } from '@goalixa/core/sync/sync.schema'
import { SyntraConfig } from '@goalixa/syntra/config'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Deployment, type KubeObject, ofKind, rendered } from './rendered.ts'
import { ROOT } from './source-files.ts'
import { unknownFields } from './unknown-fields.ts'

const folders = [...readdirSync(join(ROOT, 'k8s/overlays')).map(name => `overlays/${name}`), 'syntra']
const Selecting = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({
    selector: z.union([
      z
        .looseObject({ matchLabels: z.record(z.string(), z.string()) })
        .transform(selector => selector.matchLabels),
      z.record(z.string(), z.string()),
    ]),
    ports: z.array(z.looseObject({ targetPort: z.union([z.string(), z.number()]) })).default([]),
  }),
})
const Autoscaler = z.looseObject({
  spec: z.looseObject({ scaleTargetRef: z.looseObject({ name: z.string() }) }),
})

it('a field that Kubernetes does not have and a field of the wrong type are reported', () => {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }
  const spec = { replicas: 'two', template: { spec: { containers: [{ name: 'a', redinessProbe: {} }] } } }
  expect(unknownFields({ ...deployment, spec } as KubeObject)).toEqual([
    'Deployment.spec.replicas: expected integer',
    'Deployment.spec.template.spec.containers[0].redinessProbe: unknown',
  ])
})

describe.each(folders)('k8s/%s', folder => {
  const objects = rendered(folder)
  const deployments = ofKind(objects, 'Deployment', Deployment)
  const containers = deployments.flatMap(({ spec }) => spec.template.spec.containers)
  const autoscaled = ofKind(objects, 'HorizontalPodAutoscaler', Autoscaler).map(
    autoscaler => autoscaler.spec.scaleTargetRef.name,
  )

  it('has only fields that Kubernetes has', () => {
    expect(deployments.length).toBeGreaterThan(1)
    expect(objects.flatMap(unknownFields)).toEqual([])
  })

  it('runs every pod without privileges on the node', () => {
    for (const { spec } of deployments)
      expect(spec.template.spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      })
    for (const { securityContext } of containers)
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
  })

  it('requests CPU and memory for each container and limits its memory', () => {
    for (const { resources } of containers) {
      expect(Object.keys(resources.requests).toSorted()).toEqual(['cpu', 'memory'])
      expect(resources.limits).toHaveProperty('memory')
    }
  })

  it('separates liveness from readiness, so that an unready container is not restarted', () => {
    for (const { startupProbe, readinessProbe, livenessProbe } of containers) {
      expect(startupProbe?.httpGet.path).toBe('/livez')
      expect(livenessProbe?.httpGet.path).toBe('/livez')
      expect(readinessProbe?.httpGet.path).toBe('/readyz')
    }
  })

  it('listens on the pod IP, where probes and other pods reach it', () => {
    const host = {
      name: 'HOST',
      valueFrom: { fieldRef: { apiVersion: undefined, fieldPath: 'status.podIP' } },
    }
    for (const { env } of containers) expect(env).toContainEqual(host)
  })

  it('selects pods that exist, on ports that they have', () => {
    const selecting = ['Service', 'PodDisruptionBudget'].flatMap(kind => ofKind(objects, kind, Selecting))
    expect(selecting.length).toBeGreaterThan(1)
    for (const { metadata, spec } of selecting) {
      const pods = deployments.filter(
        workload => workload.metadata.namespace === metadata.namespace && has(workload, spec.selector),
      )
      expect(pods, `pods that ${metadata.name} selects`).toHaveLength(1)
      const ports = pods.flatMap(pod =>
        pod.spec.template.spec.containers.flatMap(({ ports }) => ports.map(p => p.name)),
      )
      for (const { targetPort } of spec.ports) expect(ports).toContain(targetPort)
    }
    for (const deployment of deployments)
      expect(has(deployment, deployment.spec.selector.matchLabels)).toBe(true)
  })

  it('has a disruption budget for every workload of two or more pods, and no other', () => {
    const budgets = ofKind(objects, 'PodDisruptionBudget', Selecting).map(budget => budget.metadata.name)
    const several = deployments.filter(({ metadata, spec }) => {
      const count = autoscaled.includes(metadata.name) ? 2 : (spec.replicas ?? 1)
      return count >= 2
    })
    expect(budgets.toSorted()).toEqual(several.map(deployment => deployment.metadata.name).toSorted())
  })

  it('sets the number of replicas either by an autoscaler or in the manifest', () => {
    const both = deployments.filter(
      ({ metadata, spec }) => autoscaled.includes(metadata.name) === (spec.replicas !== undefined),
    )
    expect(both.map(deployment => deployment.metadata.name)).toEqual([])
  })

  it('pins the version of each image', () => {
    for (const { image } of containers) expect(image).toMatch(/(:\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/)
  })

  it('contains no Secret', () => {
    expect(objects.filter(object => object.kind === 'Secret')).toEqual([])
  })

  it('enforces restricted pod security in each of its namespaces', () => {
    for (const { metadata } of objects.filter(object => object.kind === 'Namespace'))
      expect(metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' })
  })
})

describe('the settings in k8s/syntra', () => {
  const objects = rendered('syntra')

  it('exist in Syntra and have valid values', () => {
    const ConfigMap = z.looseObject({ data: z.record(z.string(), z.string()) })
    const data = ofKind(objects, 'ConfigMap', ConfigMap).map(config => config.data)[0] ?? {}
    const names = ofKind(objects, 'Deployment', Deployment).flatMap(({ spec }) =>
      spec.template.spec.containers.flatMap(({ env }) => env.map(variable => variable.name)),
    )
    const known = Object.keys(SyntraConfig.shape)
    expect([...Object.keys(data), ...names].filter(name => !known.includes(name))).toEqual([])
    const secrets = { DATABASE_URL: 'postgres://syntra@postgres/syntra' }
    expect(SyntraConfig.parse({ ...data, ...secrets })).toMatchObject({
      SYNTRA_APPROVERS_R3: 2,
      DRAIN_SECONDS: 5,
    })
  })

  it('mount a service account token in the worker only', () => {
    const mounting = ofKind(objects, 'Deployment', Deployment)
      .filter(({ spec }) => spec.template.spec.automountServiceAccountToken !== false)
      .map(deployment => deployment.metadata.name)
    expect(mounting).toEqual(['syntra-worker'])
  })
})

it.each(['staging', 'production'])('only the BFF and the app can be reached from outside %s', overlay => {
  const Ingress = z.looseObject({
    spec: z.object({
      rules: z.array(
        z.object({
          http: z.object({
            paths: z.array(z.object({ backend: z.object({ service: z.looseObject({ name: z.string() }) }) })),
          }),
        }),
      ),
    }),
  })
  const published = ofKind(rendered(`overlays/${overlay}`), 'Ingress', Ingress).flatMap(({ spec }) =>
    spec.rules.flatMap(({ http }) => http.paths.map(({ backend }) => backend.service.name)),
  )
  expect(published.toSorted()).toEqual(['bff', 'pwa'])
})

it('auth and the BFF read the same optional Redis, so that an ended session is refused at once', () => {
  const redis = ofKind(rendered('overlays/production'), 'Deployment', Deployment).flatMap(
    ({ metadata, spec }) =>
      spec.template.spec.containers.flatMap(({ env }) =>
        env.filter(({ name }) => name === 'REDIS_URL').map(({ valueFrom }) => [metadata.name, valueFrom]),
      ),
  )
  const secretKeyRef = { name: 'goalixa-redis', key: 'url', optional: true }
  expect(redis).toEqual([
    ['auth', { secretKeyRef }],
    ['bff', { secretKeyRef }],
  ])
})

it('the edge lets the largest sync through to the service that reads it', () => {
  const Ingress = z.looseObject({
    metadata: z.looseObject({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
  })
  const limits = ofKind(rendered('overlays/production'), 'Ingress', Ingress)
    .filter(({ metadata }) => metadata.name !== 'pwa')
    .map(({ metadata }) => metadata.annotations['nginx.ingress.kubernetes.io/proxy-body-size'])
  expect(limits).toEqual([`${MAX_SYNC_BODY_BYTES / 1_048_576}m`])
})

it('pods in production keep serving while they are removed from the endpoints of the Service', () => {
  for (const { spec } of ofKind(rendered('overlays/production'), 'Deployment', Deployment)) {
    const [container] = spec.template.spec.containers
    expect(container?.env).toContainEqual({ name: 'DRAIN_SECONDS', value: '5' })
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(5 + 8)
  }
})

function has({ spec }: Deployment, labels: Record<string, string>): boolean {
  return Object.entries(labels).every(([key, value]) => spec.template.metadata.labels[key] === value)
}

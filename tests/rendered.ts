import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { ROOT } from './source-files.ts'

const Labels = z.record(z.string(), z.string())
const Probe = z.looseObject({
  httpGet: z.looseObject({ path: z.string(), port: z.union([z.string(), z.number()]) }),
})
const Container = z.looseObject({
  name: z.string(),
  image: z.string(),
  ports: z.array(z.looseObject({ name: z.string(), containerPort: z.number() })).default([]),
  env: z.array(z.looseObject({ name: z.string() })).default([]),
  startupProbe: Probe.optional(),
  readinessProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
  resources: z.looseObject({
    requests: z.record(z.string(), z.unknown()),
    limits: z.record(z.string(), z.unknown()),
  }),
  securityContext: z.looseObject({}).optional(),
})

/** The fields of a Deployment that the tests read. */
export const Deployment = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({
    replicas: z.number().optional(),
    selector: z.looseObject({ matchLabels: Labels }),
    template: z.looseObject({
      metadata: z.looseObject({ labels: Labels }),
      spec: z.looseObject({
        containers: z.array(Container),
        terminationGracePeriodSeconds: z.number(),
        securityContext: z.looseObject({}),
      }),
    }),
  }),
})
export type Deployment = z.infer<typeof Deployment>

const KubeObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
})
export type KubeObject = z.infer<typeof KubeObject>

/** Renders a Kustomize folder under `k8s/` to its objects. Throws with the output of kubectl if that fails. */
export function rendered(folder: string): KubeObject[] {
  const text = execFileSync('kubectl', ['kustomize', join(ROOT, 'k8s', folder)], { encoding: 'utf8' })
  return parseAllDocuments(text).map(document => KubeObject.parse(document.toJS()))
}

/** Returns the objects of one kind, parsed with a schema. */
export function ofKind<S extends z.ZodType>(objects: KubeObject[], kind: string, schema: S): z.infer<S>[] {
  return objects.filter(object => object.kind === kind).map(object => schema.parse(object))
}

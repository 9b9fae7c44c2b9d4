import { z } from 'zod'
import { parseAnswer } from '../http/parse-answer.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

export const PodTemplate = z.looseObject({
  metadata: z
    .looseObject({
      labels: z.record(z.string(), z.string()).optional(),
      annotations: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
})
export type PodTemplate = z.infer<typeof PodTemplate>

const Workload = z.looseObject({ spec: z.looseObject({ template: PodTemplate }) })

/** A workload's pod template without the hash that the deployment controller adds to a replica set's. */
export function podTemplateOf(workload: KubernetesObject): PodTemplate {
  const { template } = parseAnswer('Kubernetes', Workload, workload).spec
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {}
  const { labels: __, ...metadata } = template.metadata ?? {}
  return { ...template, metadata: Object.keys(labels).length > 0 ? { ...metadata, labels } : metadata }
}

import { z } from 'zod'

const Name = z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'expected a DNS name')
const Automated = z.object({
  prune: z.boolean().optional(),
  selfHeal: z.boolean().optional(),
  allowEmpty: z.boolean().optional(),
  enabled: z.boolean().optional(),
})

// Argo CD leaves a null out of its answers.
const orAbsent = <T>(value: T | null | undefined) => value ?? undefined

export const SubmittedSpec = z.object({
  project: z
    .string()
    .default('default')
    .transform(name => name || 'default'),
  source: z.object({
    repoURL: z.url(),
    path: z.string().default('.'),
    targetRevision: z
      .string()
      .default('HEAD')
      .transform(revision => revision || 'HEAD'),
    directory: z.object({ recurse: z.boolean().optional() }).optional(),
  }),
  destination: z.object({
    server: z.string().optional(),
    name: z.string().optional(),
    namespace: z.string().optional(),
  }),
  syncPolicy: z
    .object({
      automated: Automated.nullish().transform(orAbsent),
      syncOptions: z.array(z.string()).optional(),
      retry: z.object({ limit: z.number().int().optional() }).optional(),
    })
    .nullish()
    .transform(orAbsent),
  ignoreDifferences: z
    .array(
      z.object({
        group: z.string().optional(),
        kind: z.string(),
        name: z.string().optional(),
        namespace: z.string().optional(),
        jsonPointers: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  revisionHistoryLimit: z.number().int().min(0).optional(),
})

export const NewApplication = z.object({
  metadata: z.object({
    name: Name,
    namespace: Name.optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    finalizers: z.array(z.string()).optional(),
  }),
  spec: SubmittedSpec,
})
export type NewApplication = z.infer<typeof NewApplication>

import { z } from 'zod'
import { tolerantArray } from '../../http/tolerant-array.ts'

const text = z.string().nullish()
const Source = z.looseObject({ repoURL: text, path: text, targetRevision: text })
const Info = z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish()
const Sync = z
  .looseObject({
    revision: text,
    revisions: z.array(z.string()).nullish(),
    source: z.unknown().optional(),
    sources: z.array(z.unknown()).nullish(),
    resources: z.array(z.unknown()).nullish(),
    dryRun: z.boolean().nullish(),
    prune: z.boolean().nullish(),
    syncStrategy: z.looseObject({ apply: z.looseObject({}).nullish() }).nullish(),
  })
  .nullish()
const Operation = z.looseObject({
  info: Info,
  sync: Sync,
  initiatedBy: z.looseObject({ username: text, automated: z.boolean().nullish() }).nullish(),
})
export type RawOperation = z.infer<typeof Operation>

const Deployment = z.looseObject({
  id: z.coerce.number(),
  revision: text,
  revisions: z.array(z.string()).nullish(),
  source: z.unknown().optional(),
  sources: z.array(z.unknown()).nullish(),
  deployedAt: text,
  deployStartedAt: text,
  initiatedBy: z.looseObject({ username: text, automated: z.boolean().nullish() }).nullish(),
})
/** An entry of an application's history: a successful deployment. */
export type RawDeployment = z.infer<typeof Deployment>

/** What Syntra reads of an Argo CD Application. */
export const RawApplication = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: text,
    annotations: z.record(z.string(), z.string()).nullish(),
    labels: z.record(z.string(), z.string()).nullish(),
    ownerReferences: z.array(z.looseObject({ kind: z.string(), name: z.string() })).nullish(),
  }),
  spec: z.looseObject({
    project: z.string(),
    destination: z.looseObject({ namespace: text, server: text, name: text }).nullish(),
    source: Source.nullish(),
    sources: z.array(Source).nullish(),
    syncPolicy: z
      .looseObject({
        automated: z
          .looseObject({
            prune: z.boolean().nullish(),
            selfHeal: z.boolean().nullish(),
            allowEmpty: z.boolean().nullish(),
            enabled: z.boolean().nullish(),
          })
          .nullish(),
      })
      .nullish(),
  }),
  operation: Operation.nullish(),
  status: z
    .looseObject({
      sync: z
        .looseObject({ status: text, revision: text, revisions: z.array(z.string()).nullish() })
        .nullish(),
      health: z.looseObject({ status: text }).nullish(),
      conditions: tolerantArray(z.looseObject({ type: z.string(), message: z.string() })).nullish(),
      summary: z.looseObject({ images: z.array(z.string()).nullish() }).nullish(),
      resources: tolerantArray(
        z.looseObject({
          kind: z.string(),
          namespace: text,
          name: z.string(),
          status: text,
          health: z.looseObject({ status: text }).nullish(),
          hook: z.boolean().nullish(),
        }),
      ).nullish(),
      operationState: z
        .looseObject({
          phase: z.string(),
          message: text,
          startedAt: text,
          finishedAt: text,
          operation: Operation.nullish(),
          retryCount: z.coerce.number().nullish(),
          syncResult: z
            .looseObject({
              revision: text,
              revisions: z.array(z.string()).nullish(),
              resources: tolerantArray(z.looseObject({ hookType: text })).nullish(),
            })
            .nullish(),
        })
        .nullish(),
      history: tolerantArray(Deployment).nullish(),
    })
    .nullish(),
})
export type RawApplication = z.infer<typeof RawApplication>

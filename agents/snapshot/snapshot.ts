import { z } from 'zod'
import { EnvironmentRule } from '../catalog/environment-rules.ts'
import { SIGNAL_NAMES } from '../signals/signals.ts'

/** A Kubernetes object as the API returned it; may be partial. A field that was not read is absent, not empty. */
export const KubernetesObject = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
})
export type KubernetesObject = z.infer<typeof KubernetesObject>

const time = z
  .string()
  .refine(
    text => !Number.isNaN(Date.parse(text)),
    'Expected a time in ISO 8601, such as 2026-01-01T00:00:00Z',
  )

export const AlertFact = z.object({
  name: z.string(),
  status: z.enum(['firing', 'resolved']),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).default({}),
  /** ISO. */
  startsAt: z.string(),
  endsAt: z.string().nullable().default(null),
})
export type AlertFact = z.infer<typeof AlertFact>

/** What an investigation covers: alerts, or a service or object that a person named. */
export const Scope = z.object({
  alerts: z.array(AlertFact).default([]),
  /** How many alerts of the incident are not among `alerts`, because there are too many. */
  alertsLeftOut: z.number().int().optional(),
  namespace: z.string().nullable().default(null),
  /** The cluster that this Syntra serves, where the installation names it. */
  cluster: z.string().optional(),
  /** The cluster that the alerts of the incident name. */
  alertsCluster: z.string().optional(),
  service: z.string().nullable().default(null),
  object: z.object({ kind: z.string(), name: z.string() }).nullable().default(null),
  /** When the symptom is known to have been there, ISO: the earliest startsAt of an alert, or the time of the request. */
  since: time,
  /** The factor by which the cluster's alerting windows are shortened; 1 in production. */
  timeScale: z.number().positive().default(1),
  /** Environments of namespaces that the installation's settings give; a label of the namespace comes first. */
  environments: z.array(EnvironmentRule).optional(),
})
export type Scope = z.infer<typeof Scope>

const evidence = z.string().min(1, 'Expected the id of evidence, such as E1')

export const Snapshot = z.object({
  scope: Scope,
  /** ISO: the time of the last read. */
  at: time,
  objects: z.array(z.object({ evidence, object: KubernetesObject })),
  events: z.array(
    z.object({
      evidence,
      type: z.string(),
      reason: z.string(),
      message: z.string(),
      object: z.object({ kind: z.string(), namespace: z.string().nullable(), name: z.string() }),
      count: z.number(),
      firstAt: z.string().nullable(),
      lastAt: z.string().nullable(),
    }),
  ),
  logs: z.array(
    z.object({
      evidence,
      namespace: z.string(),
      pod: z.string(),
      container: z.string(),
      previous: z.boolean(),
      lines: z.array(z.object({ at: z.string().nullable(), text: z.string() })),
    }),
  ),
  /** `other`: asked for by the model, or by a version that read another signal. Points are [unix seconds, value]. */
  series: z.array(
    z.object({
      evidence,
      name: z.enum([...SIGNAL_NAMES, 'other']),
      labels: z.record(z.string(), z.string()),
      points: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
  changes: z.array(
    z.object({
      evidence: z.array(evidence).min(1),
      kind: z.enum(['rollout', 'sync', 'commit', 'scale', 'config']),
      subject: z.object({ kind: z.string(), namespace: z.string().nullable(), name: z.string() }),
      at: time,
      by: z.string().nullable(),
      /** Identity of the state before and after: revision, history id or commit. */
      from: z.string().nullable(),
      to: z.string().nullable(),
      summary: z.string(),
      diff: z.array(z.object({ path: z.string(), before: z.json(), after: z.json() })),
    }),
  ),
  /** Who calls whom, and how that is known: `metrics`, `selector`, `owner`, `policy`, `config`, `file`. */
  edges: z.array(z.object({ evidence, from: z.string(), to: z.string(), via: z.string() })),
  /** `part`: what is missing from an answer that was read, such as a kind or the rest of a truncated list. */
  unread: z.array(
    z.object({
      evidence,
      question: z.string(),
      part: z.string().optional(),
      tool: z.string(),
      /** The error code of the read, such as NOT_CONFIGURED; absent where the answer was truncated. */
      code: z.string().optional(),
      reason: z.string(),
    }),
  ),
  /**
   * Kinds of which a namespace has too many to list: `listed` of `total` were read, namely those that matter here. The others are
   * healthy by the status of their workloads, so that this is no lack; but one that is missing here may exist.
   */
  counted: z
    .array(z.object({ evidence, kind: z.string(), total: z.number(), listed: z.number() }))
    .default([]),
  /**
   * Every question that was answered, so that the engine can tell "read and empty" from "not read". `result` is kept only for
   * answers that have no place above: delivery, forge, firing alerts, instant queries.
   */
  reads: z
    .array(
      z.object({
        evidence,
        question: z.string(),
        tool: z.string(),
        args: z.record(z.string(), z.json()),
        result: z.json(),
      }),
    )
    .default([]),
})
export type Snapshot = z.infer<typeof Snapshot>

/** What was read, before it is known what was changed and who calls whom. */
export type ReadEvidence = Omit<Snapshot, 'changes' | 'edges'>

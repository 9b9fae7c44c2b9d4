import { z } from 'zod'
import { AlertIdentity } from './alert-identity.ts'

const Args = z.record(z.string(), z.json())

/** How every predicate is evaluated: the value at `path` against `value`, or against the value at `valueAt` of the same read. */
const reading = {
  /** What holds if the predicate does, as a clause: it is shown after "recovered when" and in reports. */
  message: z.string(),
  args: Args,
  /** Dotted path; `samples.max` and `samples.count` are understood for `prometheus_query`. */
  path: z.string(),
  op: z.enum(['==', '!=', '<', '<=', '>', '>=']),
  value: z.json().optional(),
  valueAt: z.string().optional(),
  /** What an absent value at `path` stands for, where the API leaves out its zeros. */
  defaultValue: z.json().optional(),
}

/** The conditions of a complete rollout, one comparison each. */
export const RolloutCondition = z.enum([
  'generation-observed',
  'replicas-wanted',
  'pods-updated',
  'pods-ready',
  'pods-available',
  'old-pods-gone',
])
export type RolloutCondition = z.infer<typeof RolloutCondition>

/**
 * A statement about the cluster that one read decides. Code that depends on its subject reads `kind` and the fields, never the
 * message, query or path. What cannot be read is unknown, and does not count as recovered.
 */
export const Predicate = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('alert-not-firing'),
    alert: AlertIdentity,
    tool: z.literal('prometheus_read_alert_rule'),
    ...reading,
  }),
  z.object({
    kind: z.literal('unrelated-alert-firing'),
    alert: AlertIdentity,
    tool: z.literal('prometheus_read_alert_rule'),
    ...reading,
  }),
  z.object({
    kind: z.literal('slo-recovered'),
    signal: z.enum(['error-ratio', 'latency-mean']),
    service: z.string(),
    /** A ratio, or seconds. */
    limit: z.number(),
    tool: z.literal('prometheus_query'),
    ...reading,
  }),
  z.object({
    kind: z.literal('slo-worse'),
    signal: z.literal('error-ratio'),
    service: z.string(),
    limit: z.number(),
    tool: z.literal('prometheus_query'),
    ...reading,
  }),
  z.object({ kind: z.literal('scrape-targets-up'), tool: z.literal('prometheus_query'), ...reading }),
  z.object({
    kind: z.literal('rollout-complete'),
    workload: z.object({ kind: z.string(), namespace: z.string().nullable(), name: z.string() }),
    condition: RolloutCondition,
    tool: z.literal('kubernetes_get_object'),
    ...reading,
  }),
  z.object({
    kind: z.literal('deployed-since'),
    app: z.string(),
    /** The newest deployment at the diagnosis, by its id in the deploy system's history. */
    deployment: z.number(),
    tool: z.literal('delivery_list_history'),
    ...reading,
  }),
])
export type Predicate = z.infer<typeof Predicate>
/** The part of a predicate that evaluates it, whatever its kind. */
export type PredicateReading = { tool: Predicate['tool'] } & Pick<Predicate, keyof typeof reading>
export type PredicateKind = Predicate['kind']
/** The variant of a predicate with this kind. */
export type PredicateOfKind<Kind extends PredicateKind> = Extract<Predicate, { kind: Kind }>

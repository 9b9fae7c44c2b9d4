import { z } from 'zod'

/** The subject of a finding or cause: a Kubernetes object, or one of the engine's own kinds, `ExternalDependency` and `Alert`. */
export const Subject = z.object({ kind: z.string(), namespace: z.string().nullable(), name: z.string() })
export type Subject = z.infer<typeof Subject>

/** What the engine needs to know about a finding beyond its code, so that no module parses its message. */
export const FindingDetail = z.discriminatedUnion('kind', [
  /** The labels by which Prometheus distinguishes alerts. */
  z.object({ kind: z.literal('alert'), labels: z.record(z.string(), z.string()) }),
  /** The dependency accepts no further connection because its clients hold all of them. */
  z.object({ kind: z.literal('connections-exhausted') }),
  /** The process itself demands a variable that nothing provides. */
  z.object({ kind: z.literal('variable-demanded') }),
])
export type FindingDetail = z.infer<typeof FindingDetail>

const fields = {
  subject: Subject,
  /** The service it belongs to, if known. */
  service: z.string().nullable(),
  /** The container it belongs to, if it belongs to one. */
  container: z.string().optional(),
  /** ISO 8601 time at which it began, if known. */
  onset: z.string().nullable(),
  detail: FindingDetail.optional(),
  /** A clause for people: lower case, without a full stop. */
  message: z.string(),
  /** Ids of the evidence that was read; never empty. */
  evidence: z.array(z.string()).min(1),
}
const Fields = z.object(fields)

/** A fact that an analyser derived from evidence. The registry knows which codes exist. */
export type FindingOf<Code extends string> = { code: Code } & z.infer<typeof Fields>

/** The schema of findings with these codes. */
export function findingSchema<Code extends z.ZodType<string>>(code: Code) {
  return z.object({ code, ...fields })
}

import { z } from 'zod'

/** What a finding or cause is about. `kind` is a Kubernetes kind, or `Service` level words: `ExternalDependency`, `Metric`. */
export const Subject = z.object({ kind: z.string(), namespace: z.string().nullable(), name: z.string() })
export type Subject = z.infer<typeof Subject>

/** What the engine has to know of a finding beyond its code, so that nothing is read out of its sentence. */
export const FindingDetail = z.discriminatedUnion('kind', [
  /** The labels by which Prometheus tells one alert from another. */
  z.object({ kind: z.literal('alert'), labels: z.record(z.string(), z.string()) }),
])
export type FindingDetail = z.infer<typeof FindingDetail>

/** A fact that an analyser derived from evidence. */
export const Finding = z.object({
  /** Stable and for machines, for example PROBE_WRONG_PORT. */
  code: z.string(),
  subject: Subject,
  /** The service it belongs to, if known. */
  service: z.string().nullable(),
  /** The container it is about, where it is about one. */
  container: z.string().optional(),
  /** ISO time at which it began, if known. */
  onset: z.string().nullable(),
  detail: FindingDetail.optional(),
  /** One sentence for a person. */
  message: z.string(),
  /** Ids of the evidence that was read; never empty. */
  evidence: z.array(z.string()).min(1),
})
export type Finding = z.infer<typeof Finding>

/** Something that speaks for or against a cause, and what was read to know it. */
export const Argument = z.object({
  code: z.string(),
  message: z.string(),
  evidence: z.array(z.string()).min(1),
})
export type Argument = z.infer<typeof Argument>

/** A chain of findings from a root to the alert's symptom. */
export const Cause = z.object({
  code: z.string(),
  subject: Subject,
  service: z.string().nullable(),
  /** 0..1, from the arguments, calibrated on the evals. */
  confidence: z.number().min(0).max(1),
  message: z.string(),
  /** Root first, symptom last. */
  chain: z.array(Finding).min(1),
  /** The change that set it off, if there is one: index into the snapshot's changes, with its identity. */
  change: z
    .object({
      kind: z.string(),
      subject: Subject,
      at: z.string(),
      from: z.string().nullable(),
      to: z.string().nullable(),
      summary: z.string(),
      evidence: z.array(z.string()).min(1),
    })
    .nullable(),
  for: z.array(Argument),
  against: z.array(Argument),
})
export type Cause = z.infer<typeof Cause>

export const Verdict = z.object({
  /** `cause`: the first cause is meant. `none`: all was read and nothing is wrong. `unknown`: can not tell. */
  outcome: z.enum(['cause', 'no-fault', 'inconclusive']),
  message: z.string(),
  /** Most likely first. */
  causes: z.array(Cause),
  /** Changes and findings near the alert that are innocent, with the reason. */
  ruledOut: z.array(
    z.object({ subject: Subject, message: z.string(), evidence: z.array(z.string()).min(1) }),
  ),
  findings: z.array(Finding),
  /** `part`: what is missing from an answer that was read. */
  unread: z.array(z.object({ question: z.string(), part: z.string().optional(), reason: z.string() })),
})
export type Verdict = z.infer<typeof Verdict>

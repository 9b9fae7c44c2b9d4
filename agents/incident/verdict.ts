import { z } from 'zod'
import { CAUSE_CODES } from './analysers/registry.ts'
import { ARGUMENT_CODES } from './confidence/registry.ts'
import { Finding } from './finding.ts'
import { Subject } from './findings/finding-shape.ts'

/** An argument for or against a cause, with the evidence that shows it. */
export const Argument = z.object({
  code: z.enum(ARGUMENT_CODES),
  message: z.string(),
  evidence: z.array(z.string()).min(1),
})
export type Argument = z.infer<typeof Argument>

/** A chain of findings from a root to the alert's symptom. */
export const Cause = z.object({
  code: z.enum(CAUSE_CODES),
  subject: Subject,
  service: z.string().nullable(),
  /** 0..1, scored from the arguments. Shown to people as a level, never as a percentage. */
  confidence: z.number().min(0).max(1),
  message: z.string(),
  /** Root first, symptom last. */
  chain: z.array(Finding).min(1),
  /** The contributing change, if there is one. */
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

/** The conclusion of a diagnosis, as it is stored and shown. */
export const Verdict = z.object({
  /** `cause`: the first cause is the verdict. `no-fault`: everything needed was read and no fault found. `inconclusive`: neither. */
  outcome: z.enum(['cause', 'no-fault', 'inconclusive']),
  message: z.string(),
  /** Most likely first. */
  causes: z.array(Cause),
  /** Changes and findings close to the alert that were ruled out, with the reason. */
  ruledOut: z.array(
    z.object({ subject: Subject, message: z.string(), evidence: z.array(z.string()).min(1) }),
  ),
  findings: z.array(Finding),
  /** `part`: what is missing from an answer that was read. */
  unread: z.array(
    z.object({
      question: z.string(),
      part: z.string().optional(),
      tool: z.string().optional(),
      /** The error code; NOT_CONFIGURED means that the system is not configured, which is no failure. */
      code: z.string().optional(),
      reason: z.string(),
    }),
  ),
})
export type Verdict = z.infer<typeof Verdict>

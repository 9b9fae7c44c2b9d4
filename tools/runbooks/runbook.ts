import { z } from 'zod'

const Name = z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected lower-case letters, digits and "_"')
const Id = z
  .string()
  .regex(/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/, 'expected letters and digits, words joined by "-"')
const Pattern = z.string().refine(isPattern, 'expected a regular expression')
const Args = z.record(z.string(), z.json())

/** A value from the alert that questions and actions may use as `${name}`. */
const Param = z.strictObject({
  from: z
    .string()
    .regex(
      /^alert\.(startsAt|(labels|annotations)\.\w+)$/,
      'expected alert.labels.<name>, alert.annotations.<name> or alert.startsAt',
    ),
  /** A pattern for the value; one that does not match counts as missing. */
  pattern: Pattern.optional(),
})

const EvidenceRow = z.strictObject({
  id: Name,
  why: z.string(),
  tool: z.string(),
  args: Args.default({}),
  /** Facts: each a CEL expression over `result`. */
  extract: z.record(Name, z.string()).default({}),
})

const DecisionRow = z.strictObject({
  cause: Id,
  /** CEL over extracted facts. */
  when: z.string(),
  confidence: z.number().min(0).max(1),
  /** The name of an action, `runbook/<id>` or `investigate`. */
  // biome-ignore lint/suspicious/noThenProperty: the word of the runbook format; a row is never awaited.
  then: z.string().default('investigate'),
})

const Action = z.strictObject({
  tool: z.string(),
  args: Args.default({}),
  risk: z.enum(['R1', 'R2', 'R3', 'R4']),
  why: z.string().optional(),
})

const Escalation = z.strictObject({
  to: z.string(),
  after: z.string().optional(),
  when: z.string().optional(),
})

/** The front matter of a runbook. Only id, title, match and escalate have to be there. */
export const RunbookCard = z.strictObject({
  apiVersion: z.literal('syntra.goalixa.com/runbook.v1').default('syntra.goalixa.com/runbook.v1'),
  id: Id,
  title: z.string().min(1),
  owner: z.string().optional(),
  tier: z.enum(['A', 'B']).optional(),
  reviewed: z.iso.date().optional(),
  match: z.strictObject({
    alerts: z.array(z.string().regex(/^[A-Za-z_]\w*$/, 'expected the name of an alert')).default([]),
    labels: z.record(z.string(), z.string()).default({}),
    symptoms: z.array(z.string()).default([]),
  }),
  params: z.record(Name, Param).default({}),
  evidence: z.array(EvidenceRow).default([]),
  decide: z.array(DecisionRow).default([]),
  actions: z.record(Name, Action).default({}),
  escalate: z.union([z.string().min(1), Escalation]),
})
export type RunbookCard = z.infer<typeof RunbookCard>

/** A runbook: what its card says, the text for people, and where it is. */
export type Runbook = RunbookCard & { path: string; body: string }

function isPattern(source: string): boolean {
  try {
    new RegExp(source)
    return true
  } catch {
    return false
  }
}

/** Where runbooks come from; `faulty` lists the files that are not valid runbooks, each with the reason. */
export type RunbookFolder = {
  load(signal: AbortSignal): Promise<{ runbooks: Runbook[]; faulty: { path: string; message: string }[] }>
}

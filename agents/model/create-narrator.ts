import type { Evidence } from '@goalixa/tools/evidence'
import { z } from 'zod'
import type { Verdict } from '../incident/verdict.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { type Claim, checkCitations } from './citations/check-citations.ts'
import type { Ask } from './create-ask.ts'
import { parseJson } from './parse-json.ts'

const Story = z.object({
  claims: z
    .array(
      z.object({
        message: z.string().min(1).max(600),
        evidence: z.array(z.string()),
        hops: z.array(z.object({ from: z.string(), to: z.string() })).optional(),
      }),
    )
    .max(12),
})

const RESULT_CHARS = 1_500

type Told = {
  investigationId: string
  verdict: Verdict
  evidence: Evidence[]
  snapshot: Snapshot
  signal?: AbortSignal
}

/**
 * Words the verdict for people; where it is unknown, what the evidence hints at. Gives the claims that hold by
 * `checkCitations`: what each names, links and counts is in what it cites. Gives none if the model does not answer.
 */
export function createNarrator(ask: Ask) {
  return async ({ investigationId, verdict, evidence, snapshot, signal }: Told): Promise<Claim[]> => {
    const reply = await ask({
      investigationId,
      signal,
      task: TASK,
      data: {
        verdict: { outcome: verdict.outcome, message: verdict.message, causes: verdict.causes.slice(0, 2) },
        evidence: evidence
          .filter(one => one.outcome === 'read')
          .map(({ id, question, result }) => ({
            id,
            tool: question.tool,
            why: question.why,
            result: JSON.stringify(result).slice(0, RESULT_CHARS),
          })),
      },
    })
    const story = Story.safeParse(parseJson(reply?.text ?? ''))
    return story.success ? checkCitations(story.data.claims, evidence, snapshot, verdict).kept : []
  }
}
export type Narrator = ReturnType<typeof createNarrator>

const TASK = `Tell in at most eight short sentences what happened and why, in the order of time. Do not name a cause other than
the verdict's; if the verdict is unknown, say what the evidence hints at and what would decide it. Answer with JSON only:
{"claims": [{"says": "one sentence", "evidence": ["E1"], "hops": [{"from": "caller", "to": "callee"}]}]}. Every claim cites the
ids it rests on, for each service and object that it names, each call between services and each number: a claim that says more
than what it cites is left out. Use names and numbers as they were read; "hops" lists the calls that it tells of.`

import type { Evidence } from '@goalixa/tools/evidence'
import { z } from 'zod'
import type { Verdict } from '../incident/verdict.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { type Claim, checkCitations } from './citations/check-citations.ts'
import type { RunAgent } from './create-agent-runner.ts'
import { parseJson } from './parse-json.ts'

const Narrative = z.object({
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

type Narration = {
  investigationId: string
  verdict: Verdict
  evidence: Evidence[]
  snapshot: Snapshot
  signal?: AbortSignal
}

/**
 * Creates a function that lets a model narrate the verdict, or, where it is inconclusive, what the evidence suggests. It
 * returns the claims that `checkCitations` keeps: their evidence supports everything that they name, link and count. Empty if
 * the model does not answer.
 */
export function createNarrator(runAgent: RunAgent) {
  return async ({ investigationId, verdict, evidence, snapshot, signal }: Narration): Promise<Claim[]> => {
    const answer = await runAgent({
      name: 'narrator',
      investigationId,
      signal,
      task: TASK,
      data: {
        verdict: { outcome: verdict.outcome, message: verdict.message, causes: verdict.causes.slice(0, 2) },
        evidence: evidence
          .filter(({ outcome }) => outcome === 'read')
          .map(({ id, question, result }) => ({
            id,
            tool: question.tool,
            why: question.why,
            result: JSON.stringify(result).slice(0, RESULT_CHARS),
          })),
      },
    })
    const narrative = Narrative.safeParse(parseJson(answer ?? ''))
    return narrative.success ? checkCitations(narrative.data.claims, evidence, snapshot, verdict).kept : []
  }
}
export type Narrator = ReturnType<typeof createNarrator>

const TASK = `Report in at most eight short sentences what happened and why, in chronological order. Name no cause other than the verdict's; if
the verdict is inconclusive, report what the evidence suggests and which read would decide it. Answer with JSON only:
{"claims": [{"message": "one sentence", "evidence": ["E1"], "hops": [{"from": "caller", "to": "callee"}]}]}. Every claim cites the ids that
support each service and object that it names, each call between services and each number: a claim that goes beyond its evidence is
dropped. Use names and numbers as they were read; "hops" lists the calls that the claim mentions.`

import type { Recorder } from '@goalixa/agents/graphs/ports'
import type { SyntraMetrics } from './metrics.ts'

/** Counts recorded reads by tool, and how many of them could not be read. */
export function instrumentReads(recorder: Recorder, metrics: SyntraMetrics): Recorder {
  return {
    async read(question, context) {
      const evidence = await recorder.read(question, context)
      metrics.toolCalls.inc({ tool: question.tool, outcome: evidence.outcome })
      return evidence
    },
  }
}

import type { Recorder } from '@goalixa/agents/graphs/ports'
import type { Evidence } from '@goalixa/tools/evidence'
import type { SyntraMetrics } from './metrics.ts'

/** Counts recorded reads by tool, and how many of them could not be read. */
export function instrumentReads(recorder: Recorder, metrics: SyntraMetrics): Recorder {
  return {
    async read(question, context) {
      const evidence = await recorder.read(question, context)
      metrics.toolCalls.inc({ tool: question.tool, outcome: outcomeOf(evidence) })
      return evidence
    },
  }
}

/** A system that is not configured is no failure, and nobody should be alerted to it. */
function outcomeOf({ outcome, reason }: Evidence): Evidence['outcome'] | 'not-configured' {
  return reason?.code === 'NOT_CONFIGURED' ? 'not-configured' : outcome
}

import type { InvestigationDeps } from '@goalixa/agents/graphs/ports'
import type { SyntraMetrics } from './metrics.ts'

export type AroundNode = NonNullable<InvestigationDeps['aroundNode']>

/** Times every node of the graph. */
export function instrumentNode(metrics: SyntraMetrics): AroundNode {
  return async (node, _investigationId, work) => {
    const stop = metrics.nodeSeconds.startTimer({ node })
    try {
      const result = await work()
      stop({ outcome: 'ok' })
      return result
    } catch (error) {
      stop({ outcome: 'error' })
      throw error
    }
  }
}

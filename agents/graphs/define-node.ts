import type { LangGraphRunnableConfig } from '@langchain/langgraph'
import { InvestigationState, type StateUpdate } from './investigation-state.ts'
import type { InvestigationDeps } from './ports.ts'

export type NodeWork = (state: InvestigationState, signal: AbortSignal) => Promise<StateUpdate>

/** A graph node. Its state is parsed, because a checkpoint returns plain JSON, and it gets the signal of the run. */
export function defineNode({ aroundNode, precedence }: InvestigationDeps, name: string, work: NodeWork) {
  return async (raw: unknown, config: LangGraphRunnableConfig): Promise<StateUpdate> => {
    const state = InvestigationState.parse(raw)
    await precedence?.yieldStep(state.investigationId, name)
    const run = () => work(state, config.signal ?? new AbortController().signal)
    return aroundNode ? aroundNode(name, state.investigationId, run) : run()
  }
}

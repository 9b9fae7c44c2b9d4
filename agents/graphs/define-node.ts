import type { LangGraphRunnableConfig } from '@langchain/langgraph'
import { InvestigationState, type StateUpdate } from './investigation-state.ts'
import type { InvestigationDeps } from './ports.ts'

export type NodeWork = (state: InvestigationState, signal: AbortSignal) => Promise<StateUpdate>

/** A graph node: its state is parsed, because a checkpoint gives back plain JSON, and the run's signal is handed on. */
export function defineNode({ aroundNode }: InvestigationDeps, name: string, work: NodeWork) {
  return async (raw: unknown, config: LangGraphRunnableConfig): Promise<StateUpdate> => {
    const state = InvestigationState.parse(raw)
    const run = () => work(state, config.signal ?? new AbortController().signal)
    return aroundNode ? aroundNode(name, state.investigationId, run) : run()
  }
}

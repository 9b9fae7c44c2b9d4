import type { Engine, Recorder } from '@goalixa/agents/graphs/ports'
import type { BaseChatModel } from '@goalixa/agents/model/create-model'
import type { EvidenceStore } from '@goalixa/tools/recorder'
import type { ReadTool } from '@goalixa/tools/tool'
import type { ToolExecutor } from '../actions/execution/tool-executor.ts'
import type { ReportFacts } from '../investigations/report-facts.ts'

/** The engine, the tools and the model: everything but HTTP, queue and database. */
export type Dependencies = {
  engine: Engine
  createRecorder: (store: EvidenceStore) => Recorder
  toolExecutor: ToolExecutor
  writeReport: (facts: ReportFacts) => Promise<string>
  /** A language model with the tools that it may use; absent means none. */
  model?: { chat: BaseChatModel; tools: readonly ReadTool[] }
}

import { chooseProposal } from '@goalixa/agents/devops/choose-proposal'
import { snapshotOf } from '@goalixa/agents/evidence/snapshot-of'
import { analyse } from '@goalixa/agents/incident/analyse'
import { writeReport } from '@goalixa/agents/incident/write-report'
import { planQuestions } from '@goalixa/agents/planner/plan-questions'
import { reviewProposal } from '@goalixa/agents/reviewer/review-proposal'
import { allTools } from '@goalixa/tools/catalog'
import { createClients } from '@goalixa/tools/clients'
import { createRecorder } from '@goalixa/tools/recorder'
import { toolSettingsOf } from '@goalixa/tools/tool-config'
import { createToolbox } from './actions/toolbox.ts'
import type { SyntraConfig } from './config.ts'
import type { World } from './world.ts'

/** The real engine and the real tools. A system without an address is "could not read", never an error. */
export function createWorld(config: SyntraConfig): World {
  const timeoutMs = config.SYNTRA_READ_TIMEOUT_SECONDS * 1000
  const clients = createClients(toolSettingsOf(config))
  return {
    engine: { planQuestions, snapshotOf, analyse, chooseProposal, reviewProposal },
    createRecorder: store => createRecorder({ clients, store, limits: { deadlineMs: timeoutMs } }),
    toolbox: createToolbox({ tools: allTools, clients, timeoutMs }),
    writeReport: async facts => writeReport(facts),
  }
}

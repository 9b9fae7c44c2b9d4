import { chooseProposal } from '@goalixa/agents/devops/choose-proposal'
import { diagnoseView } from '@goalixa/agents/incident/diagnose'
import { createModel } from '@goalixa/agents/model/create-model'
import { planQuestions } from '@goalixa/agents/planner/plan-questions'
import { writeReport } from '@goalixa/agents/report/write-report'
import { reviewProposal } from '@goalixa/agents/reviewer/review-proposal'
import { buildView } from '@goalixa/agents/snapshot/build-snapshot'
import { secretSettingsOf } from '@goalixa/chassis/config'
import { allTools, readTools } from '@goalixa/tools/catalog'
import { settingNames } from '@goalixa/tools/connections/connection'
import { extraOf } from '@goalixa/tools/connections/connection-settings'
import { createOutboundFetch } from '@goalixa/tools/connections/create-outbound-fetch'
import { proxiesOf } from '@goalixa/tools/connections/proxy-settings'
import { createClients } from '@goalixa/tools/create-clients'
import { createRecorder } from '@goalixa/tools/recorder'
import { toolSettingsOf } from '@goalixa/tools/tool-config'
import { createToolExecutor } from '../actions/execution/tool-executor.ts'
import { SyntraConfig } from '../config.ts'
import type { Dependencies } from './dependencies.ts'

/** Creates the real engine and the real tools. A system without an address is not configured, never an error. */
export async function createDependencies(config: SyntraConfig): Promise<Dependencies> {
  const readTimeoutMs = config.SYNTRA_READ_TIMEOUT_SECONDS * 1000
  const writeTimeoutMs = config.SYNTRA_WRITE_TIMEOUT_SECONDS * 1000
  const clients = createClients(toolSettingsOf(config, secretSettingsOf(SyntraConfig)))
  return {
    engine: { buildView, diagnose: diagnoseView, planQuestions, chooseProposal, reviewProposal },
    createRecorder: store => createRecorder({ clients, store, limits: { deadlineMs: readTimeoutMs } }),
    toolExecutor: createToolExecutor({ tools: allTools, clients, readTimeoutMs, writeTimeoutMs }),
    writeReport: async facts => writeReport(facts),
    model: config.SYNTRA_MODEL
      ? { chat: await createModel(modelSettings(config, config.SYNTRA_MODEL)), tools: readTools }
      : undefined,
  }
}

function modelSettings(config: SyntraConfig, name: string) {
  return {
    name,
    baseUrl: config.SYNTRA_MODEL_BASE_URL,
    apiKey: config.SYNTRA_MODEL_API_KEY,
    timeoutMs: config.SYNTRA_MODEL_TIMEOUT_SECONDS * 1000,
    fetch: createOutboundFetch(
      'The model',
      { ...extraOf('SYNTRA_MODEL', config), proxies: proxiesOf(config) },
      {
        ...settingNames('SYNTRA_MODEL'),
        url: 'SYNTRA_MODEL_BASE_URL',
        credentials: 'SYNTRA_MODEL_API_KEY or SYNTRA_MODEL_HEADERS',
      },
    ),
  }
}

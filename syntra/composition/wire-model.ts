import { NOTHING_SPENT, Spend } from '@goalixa/agents/model/budget'
import { createAdvisor } from '@goalixa/agents/model/create-advisor'
import { createAgentRunner } from '@goalixa/agents/model/create-agent-runner'
import { createNarrator } from '@goalixa/agents/model/create-narrator'
import type { Log } from '@goalixa/chassis/log'
import type { SyntraConfig } from '../config.ts'
import type { InvestigationsRepository } from '../investigations/investigations.repository.ts'
import type { SyntraMetrics } from '../telemetry/metrics.ts'
import type { Dependencies } from './dependencies.ts'

type Deps = {
  model: Dependencies['model']
  config: SyntraConfig
  investigations: InvestigationsRepository
  metrics: SyntraMetrics
  log: Log
}

/** What a configured model does: requests more reads and writes the narrative, inside a budget stored in the database. */
export function wireModel({ model, config, investigations, metrics, log }: Deps) {
  if (!model) return undefined
  const runAgent = createAgentRunner({
    model: model.chat,
    limits: {
      maxTokens: config.SYNTRA_MODEL_MAX_TOKENS,
      maxDollars: config.SYNTRA_MODEL_MAX_DOLLARS,
      inputPrice: config.SYNTRA_MODEL_INPUT_PRICE,
      outputPrice: config.SYNTRA_MODEL_OUTPUT_PRICE,
    },
    spending: {
      load: async id => Spend.nullish().parse(await investigations.spend(id)) ?? NOTHING_SPENT,
      save: investigations.saveSpend,
    },
    onSpend: ({ inputTokens, outputTokens, dollars }) => {
      metrics.modelTokens.inc({ direction: 'input' }, inputTokens)
      metrics.modelTokens.inc({ direction: 'output' }, outputTokens)
      metrics.modelDollars.inc(dollars)
    },
    timeoutMs: config.SYNTRA_MODEL_TIMEOUT_SECONDS * 1000,
    log,
  })
  return { advisor: createAdvisor({ runAgent, tools: model.tools }), narrate: createNarrator(runAgent) }
}

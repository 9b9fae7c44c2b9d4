import { parseEnvironmentRules } from '@goalixa/agents/catalog/environment-rules'
import { investigateGraph } from '@goalixa/agents/graphs/investigate.graph'
import type { InvestigationDeps } from '@goalixa/agents/graphs/ports'
import type { Log } from '@goalixa/chassis/log'
import { createActionsService } from '../actions/actions.service.ts'
import { createLedger } from '../actions/ledger.ts'
import { checkDeadlineMs } from '../actions/verification/check-deadline.ts'
import type { SyntraConfig } from '../config.ts'
import { createReportWriter } from '../investigations/create-report-writer.ts'
import { createEvidenceRepository } from '../investigations/evidence.repository.ts'
import { createInvestigationRecord } from '../investigations/investigation-record.ts'
import { createInvestigationsRepository } from '../investigations/investigations.repository.ts'
import { parseFreezeWindows } from '../policy/freeze-windows.ts'
import { createPolicy } from '../policy/policy.ts'
import type { Storage } from '../storage/open-storage.ts'
import { type AroundNode, instrumentNode } from '../telemetry/instrument-node.ts'
import { instrumentReads } from '../telemetry/instrument-reads.ts'
import type { SyntraMetrics } from '../telemetry/metrics.ts'
import type { Dependencies } from './dependencies.ts'
import { wireModel } from './wire-model.ts'

type Deps = {
  config: SyntraConfig
  storage: Pick<Storage, 'pool' | 'leases' | 'checkpointer'>
  dependencies: Dependencies
  metrics: SyntraMetrics
  log: Log
  now: () => Date
  /** Runs around every node; metrics by default. */
  aroundNode?: AroundNode
  precedence?: InvestigationDeps['precedence']
}

/** Creates everything that the API and the worker share. */
export function createCompositionRoot({
  config,
  storage,
  dependencies,
  metrics,
  log,
  now,
  aroundNode,
  precedence,
}: Deps) {
  const { pool, checkpointer } = storage
  const { engine, toolExecutor, createRecorder, writeReport } = dependencies
  const limits = {
    windowSeconds: config.SYNTRA_ACTION_WINDOW_SECONDS,
    actionsPerWindow: config.SYNTRA_ACTIONS_PER_WINDOW,
    freezeWindows: parseFreezeWindows(config.SYNTRA_FREEZE_WINDOWS),
  }
  const policy = createPolicy({ folder: config.SYNTRA_POLICY_DIR })
  const ledger = createLedger(pool, now, metrics)
  const evidence = createEvidenceRepository(pool, config.SYNTRA_MAX_READS)
  const investigations = createInvestigationsRepository(pool)
  const actions = createActionsService({
    pool,
    leases: storage.leases,
    ledger,
    policy,
    toolExecutor,
    limits,
    approvers: { R3: config.SYNTRA_APPROVERS_R3, R4: config.SYNTRA_APPROVERS_R4 },
    approvalSeconds: config.SYNTRA_APPROVAL_SECONDS,
    patienceSeconds: config.SYNTRA_STEP_PATIENCE_SECONDS,
    checkDeadlineMs: checkDeadlineMs(config),
    now,
  })
  const model = wireModel({ model: dependencies.model, config, investigations, metrics, log })
  const record = createInvestigationRecord({
    pool,
    investigations,
    metrics,
    writeReport: createReportWriter({ pool, evidence, engine, writeReport, narrate: model?.narrate }),
    settings: {
      timeScale: config.SYNTRA_TIME_SCALE,
      environments: parseEnvironmentRules(config.SYNTRA_ENVIRONMENTS),
      cluster: config.SYNTRA_CLUSTER,
    },
    now,
  })
  const graph = investigateGraph(
    {
      engine,
      recorder: instrumentReads(createRecorder(evidence), metrics),
      evidence,
      record,
      actions,
      advisor: model?.advisor,
      log,
      now,
      parallelReads: config.SYNTRA_PARALLEL_READS,
      precedence,
      aroundNode: aroundNode ?? instrumentNode(metrics),
    },
    checkpointer,
  )
  return {
    pool,
    limits,
    policy,
    ledger,
    evidence,
    investigations,
    actions,
    graph,
    engine,
  }
}

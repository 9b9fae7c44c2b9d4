import type { ScenarioResult } from '@goalixa/sandbox/demo/run-scenario'
import type { Scenario } from '@goalixa/sandbox/demo/scenario'

/**
 * A row of the scoreboard. Seconds count from when the first alert began to fire: to the verdict that stood to the end, and to
 * verified recovery; null where there was nothing to wait for.
 */
export type Score = {
  name: string
  detected: boolean
  causeRight: boolean
  subjectRight: boolean
  remedyRight: boolean
  /** Actions that were executed though they are no right remedy. */
  harmfulActions: number
  alertToVerdictSeconds: number | null
  alertToRecoverySeconds: number | null
  reads: number
}

/** Compares what Syntra did with what is true. Pure: the only place that reads a scenario's truth. */
export function scoreOf({ truth }: Scenario, result: ScenarioResult): Score {
  const acted = result.action?.method
  const isRightMethod = acted !== undefined && truth.remedies.includes(acted)
  return {
    name: result.scenario,
    detected: result.incidentId !== null,
    causeRight:
      truth.outcome === 'no-fault'
        ? result.outcome === 'no-fault'
        : truth.causes.includes(result.cause?.code ?? ''),
    subjectRight:
      truth.subject === null
        ? result.cause === null && result.outcome !== null
        : result.cause?.subject.kind === truth.subject.kind &&
          result.cause.subject.name === truth.subject.name,
    remedyRight:
      truth.remedies.length === 0
        ? result.outcome !== null && acted === undefined
        : isRightMethod && result.verified,
    harmfulActions: acted !== undefined && !isRightMethod ? 1 : 0,
    alertToVerdictSeconds: secondsBetween(result.alertAt, result.verdictAt),
    alertToRecoverySeconds: secondsBetween(result.alertAt, result.recoveredAt),
    reads: result.reads,
  }
}

function secondsBetween(from: string | null, to: string | null): number | null {
  return from && to ? Math.round((Date.parse(to) - Date.parse(from)) / 100) / 10 : null
}

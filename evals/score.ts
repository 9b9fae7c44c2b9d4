import type { ScenarioResult } from '@goalixa/sandbox/demo/run-scenario'
import type { Scenario } from '@goalixa/sandbox/demo/scenario'

/**
 * A row of the scoreboard. Seconds count from when the first alert fired to the final verdict and to the verified recovery;
 * null if there was none.
 */
export type Score = {
  name: string
  detected: boolean
  causeRight: boolean
  subjectRight: boolean
  remedyRight: boolean
  /** Executed actions that are not a correct remedy. */
  harmfulActions: number
  alertToVerdictSeconds: number | null
  alertToRecoverySeconds: number | null
  reads: number
}

/** Scores Syntra's result against the ground truth, which nothing else reads. Pure. */
export function scoreResult({ truth }: Scenario, result: ScenarioResult): Score {
  const executed = result.action?.method
  const isCorrectMethod = executed !== undefined && truth.remedies.includes(executed)
  return {
    name: result.scenario,
    detected: result.incidentId !== null,
    causeRight:
      truth.outcome === 'no-fault'
        ? result.outcome === 'no-fault'
        : truth.causes.some(code => code === result.cause?.code),
    subjectRight:
      truth.subject === null
        ? result.cause === null && result.outcome !== null
        : result.cause?.subject.kind === truth.subject.kind &&
          result.cause.subject.name === truth.subject.name,
    remedyRight:
      truth.remedies.length === 0
        ? result.outcome !== null && executed === undefined
        : isCorrectMethod && result.verified,
    harmfulActions: executed !== undefined && !isCorrectMethod ? 1 : 0,
    alertToVerdictSeconds: secondsBetween(result.alertAt, result.verdictAt),
    alertToRecoverySeconds: secondsBetween(result.alertAt, result.recoveredAt),
    reads: result.reads,
  }
}

function secondsBetween(from: string | null, to: string | null): number | null {
  return from && to ? Math.round((Date.parse(to) - Date.parse(from)) / 100) / 10 : null
}

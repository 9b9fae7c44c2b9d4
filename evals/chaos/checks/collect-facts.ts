import type { Journal } from '../load/journal.ts'
import { findRemedy } from '../remedies/catalog.ts'
import type { Service } from '../remedies/remedy.ts'
import type { System } from '../system/start-system.ts'
import type { ActionRow, Case, DecisionRow, Facts, StepRow, TransitionRow } from './check.ts'

/** Reads the ledger, and counts the effects of every action in its targets. */
export async function collectFacts(
  system: System,
  services: readonly Service[],
  journal: Journal,
): Promise<Facts> {
  const { database, targets } = system
  const actions: ActionRow[] = await select(
    `SELECT id, incident_id AS "incidentId", state, target, approvals_needed AS "approvalsNeeded", verification FROM actions`,
  )
  const steps: StepRow[] = await select(
    `SELECT action_id AS "actionId", phase, number, tool, state, attempts, started_at AS "startedAt",
            finished_at AS "finishedAt" FROM action_steps ORDER BY phase, number`,
  )
  const transitions: TransitionRow[] = await select(
    `SELECT action_id AS "actionId", from_state AS "from", to_state AS "to", by_whom AS "by", at
     FROM action_transitions ORDER BY id`,
  )
  const decisions: DecisionRow[] = await select(
    `SELECT action_id AS "actionId", operator, decision, state_digest AS "stateDigest" FROM decisions`,
  )
  const cases: Case[] = []
  for (const action of actions) {
    const service = services.find(({ name }) => action.target.split('/').includes(name))
    if (service === undefined) continue
    const effects = (await findRemedy(service.name)?.count(targets, service, action.id)) ?? []
    const outside = journal.outsideChanges.get(service.name) ?? 0
    cases.push({
      service,
      action,
      steps: steps.filter(ofAction(action)),
      transitions: transitions.filter(ofAction(action)),
      decisions: decisions.filter(ofAction(action)),
      effects: effects.map(effect => ({ ...effect, count: effect.count - outside })),
    })
  }
  return { system, services, journal, cases }

  async function select<Row>(sql: string): Promise<Row[]> {
    return (await database.query(sql)).rows as Row[]
  }
}

function ofAction({ id }: ActionRow) {
  return ({ actionId }: { actionId: string }) => actionId === id
}

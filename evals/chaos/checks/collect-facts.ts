import type { Journal } from '../load/journal.ts'
import { forgeKeysOf } from '../remedies/applications.ts'
import { findRemedy } from '../remedies/catalog.ts'
import type { Service } from '../remedies/remedy.ts'
import { SETTINGS } from '../system/settings.ts'
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
    `SELECT id, incident_id AS "incidentId", state, target, approvals_needed AS "approvalsNeeded", verification, outcome, proposal
     FROM actions`,
  )
  const steps: StepRow[] = await select(
    `SELECT action_id AS "actionId", phase, number, tool, args, state, attempts, started_at AS "startedAt",
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
  const strayActions: ActionRow[] = []
  for (const action of actions) {
    const service = services.find(({ name }) => action.target.split('/').includes(name))
    const remedy = service && findRemedy(service.name)
    if (service === undefined || remedy === undefined) {
      strayActions.push(action)
      continue
    }
    cases.push({
      service,
      action,
      steps: steps.filter(ofAction(action)),
      transitions: transitions.filter(ofAction(action)),
      decisions: decisions.filter(ofAction(action)),
      effects: await effectsOn(service),
      isReversible: remedy.isReversible,
      approversNeeded: remedy.risk === 'R3' ? Number(SETTINGS.SYNTRA_APPROVERS_R3) : 1,
      forgeKeys: await forgeKeysOf(targets, service, action.id),
    })
  }
  const withoutAction = []
  for (const service of services.filter(({ name }) => !cases.some(each => each.service.name === name)))
    withoutAction.push({ service, effects: await effectsOn(service) })
  return { system, services, journal, cases, withoutAction, strayActions }

  async function effectsOn(service: Service) {
    const effects = (await findRemedy(service.name)?.count(targets, service)) ?? []
    const outside = journal.outsideChanges.get(service.name) ?? 0
    return effects.map(effect => ({ ...effect, count: effect.count - outside }))
  }

  async function select<Row>(sql: string): Promise<Row[]> {
    return (await database.query(sql)).rows as Row[]
  }
}

function ofAction({ id }: ActionRow) {
  return ({ actionId }: { actionId: string }) => actionId === id
}

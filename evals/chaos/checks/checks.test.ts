import { expect, test } from 'vitest'
import type { Journal } from '../load/journal.ts'
import type { RecordedRequest } from '../system/create-target-proxy.ts'
import type { Case, Check, Facts } from './check.ts'
import { decisionsEnough } from './decisions-enough.check.ts'
import { effectsOnce } from './effects-once.check.ts'
import { outcomeTrue } from './outcome-true.check.ts'
import { reportsCited } from './reports-cited.check.ts'
import { stepsApproved } from './steps-approved.check.ts'
import { transitionsLegal } from './transitions-legal.check.ts'
import { undoDeserved } from './undo-deserved.check.ts'
import { urgentFirst } from './urgent-first.check.ts'
import { writesUnderLease } from './writes-under-lease.check.ts'

// Whether each check sees what it is for; what the checks read from a real database and real targets is proved by `npm run chaos -- --prove`.
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))

/** A restart that was approved at second 10 and done at second 12, as it should be. */
function healthy(): Case {
  const actionId = 'a1'
  const states = ['awaiting-approval', 'approved', 'executing', 'verifying', 'succeeded']
  return {
    service: { name: 'restart-heals-001', remedy: 'restart', outcome: 'heals', prepared: {} },
    action: {
      id: actionId,
      incidentId: 'i1',
      state: 'succeeded',
      target: 'restart-heals-001',
      approvalsNeeded: 2,
      verification: { result: 'recovered' },
      outcome: { message: 'Recovery is verified.' },
      proposal: { steps: [{ tool: 'kubernetes_restart_workload', args: {} }], undo: {} },
    },
    steps: [
      {
        actionId,
        phase: 'do',
        number: 1,
        tool: 'kubernetes_restart_workload',
        args: {},
        state: 'done',
        attempts: 1,
        startedAt: at(11),
        finishedAt: at(12),
      },
    ],
    transitions: states.map((to, index) => ({
      actionId,
      from: states[index - 1] ?? null,
      to,
      by: 'syntra',
      at: at(9 + index),
    })),
    decisions: ['ada', 'bob'].map(operator => ({
      actionId,
      operator,
      decision: 'approve',
      stateDigest: 'd',
    })),
    isReversible: false,
    approversNeeded: 2,
    forgeKeys: [],
    effects: [{ what: 'restarts', count: 1, steps: [{ phase: 'do', tool: 'kubernetes_restart_workload' }] }],
  }
}

function request(second: number): RecordedRequest {
  return {
    worker: 'worker-1',
    target: 'kubernetes',
    method: 'PATCH',
    path: '/apis/apps/v1/namespaces/restart-heals-001/deployments/restart-heals-001',
    body: '',
    isWrite: true,
    receivedAt: at(second).toISOString(),
    forwardedAt: null,
    status: 200,
    treatment: 'pass',
    bytesTaken: 0,
  }
}

async function violationsOf(
  check: Check,
  cases: Case[],
  more: { requests?: RecordedRequest[]; rows?: unknown[]; facts?: Partial<Facts> } = {},
) {
  const { requests = [], rows = [] } = more
  const system = { requests, database: { query: async () => ({ rows }) } } as unknown as Facts['system']
  const decisions = cases.flatMap(each => each.decisions.map(decision => ({ ...decision, status: 200 })))
  const journal = { decisions, tamperings: [] } as unknown as Journal
  const facts = { system, services: [], journal, cases, withoutAction: [], strayActions: [], ...more.facts }
  return (await check.run(facts)).violations.map(({ message }) => message)
}

test('effects-once sees a second effect, a missing one, and one without a step', async () => {
  const count = (effects: number) => [
    { ...healthy(), effects: healthy().effects.map(each => ({ ...each, count: effects })) },
  ]
  expect(await violationsOf(effectsOnce, count(1))).toEqual([])
  expect(await violationsOf(effectsOnce, count(2))).toHaveLength(1)
  expect(await violationsOf(effectsOnce, count(0))).toHaveLength(1)
  expect(await violationsOf(effectsOnce, [{ ...healthy(), steps: [] }])).toHaveLength(1)
})

test('effects-once allows an effect of a step of which it is open whether it had one, but no second', async () => {
  const open = (effects: number): Case[] => {
    const { steps, effects: counted, ...rest } = healthy()
    return [
      {
        ...rest,
        steps: steps.map(step => ({ ...step, state: 'unknown' })),
        effects: counted.map(each => ({ ...each, count: effects })),
      },
    ]
  }
  expect(await violationsOf(effectsOnce, open(0))).toEqual([])
  expect(await violationsOf(effectsOnce, open(1))).toEqual([])
  expect(await violationsOf(effectsOnce, open(2))).toHaveLength(1)
})

test('decisions-enough sees too few people and a rejection', async () => {
  const { decisions, ...rest } = healthy()
  const [ada, bob] = decisions
  if (ada === undefined || bob === undefined) throw new Error('The sample has two decisions.')
  expect(await violationsOf(decisionsEnough, [healthy()])).toEqual([])
  expect(await violationsOf(decisionsEnough, [{ ...rest, decisions: [ada] }])).toHaveLength(1)
  expect(
    await violationsOf(decisionsEnough, [{ ...rest, decisions: [ada, bob, { ...bob, decision: 'reject' }] }]),
  ).toHaveLength(1)
  expect(
    await violationsOf(decisionsEnough, [{ ...rest, decisions: [ada, { ...bob, operator: 'eve' }] }]),
  ).toHaveLength(1)
})

test('writes-under-lease sees a write after its step was done', async () => {
  expect(await violationsOf(writesUnderLease, [healthy()], { requests: [request(11)] })).toEqual([])
  expect(await violationsOf(writesUnderLease, [healthy()], { requests: [request(13)] })).toHaveLength(1)
})

test('undo-deserved sees an undo of what had recovered', async () => {
  const undoing = { actionId: 'a1', from: 'verifying', to: 'undoing', by: 'syntra', at: at(14) }
  const undone = { ...healthy(), transitions: [...healthy().transitions, undoing] }
  expect(await violationsOf(undoDeserved, [undone])).toHaveLength(1)
  const verification = { result: 'no-effect' }
  expect(
    await violationsOf(undoDeserved, [{ ...undone, action: { ...undone.action, verification } }]),
  ).toEqual([])
})

test('transitions-legal sees a skipped state and an action that was left where it was', async () => {
  const { transitions, action, ...rest } = healthy()
  expect(await violationsOf(transitionsLegal, [healthy()])).toEqual([])
  const skipped = transitions.filter(({ to }) => to !== 'executing')
  expect(await violationsOf(transitionsLegal, [{ ...rest, action, transitions: skipped }])).toHaveLength(1)
  const left = { ...action, state: 'executing' }
  expect(
    await violationsOf(transitionsLegal, [{ ...rest, action: left, transitions: transitions.slice(0, 3) }]),
  ).toHaveLength(1)
})

test('urgent-first sees an approved action that begins after the queue beside it, and ignores one that its target delays', async () => {
  const rows = Array.from({ length: 60 }, () => ({ queuedAt: at(0), startedAt: at(40) }))
  expect(await violationsOf(urgentFirst, [healthy()], { rows })).toEqual([])
  const late = healthy().transitions.map(each => (each.to === 'executing' ? { ...each, at: at(45) } : each))
  expect(
    await violationsOf(urgentFirst, [{ ...healthy(), transitions: late.slice(0, 3) }], { rows }),
  ).toHaveLength(1)
  expect(
    await violationsOf(urgentFirst, [{ ...healthy(), transitions: late }], { rows, requests: [request(11)] }),
  ).toEqual([])
})

test('effects-once sees an effect on a service without an action, and an action on something else', async () => {
  const { service, effects, action } = healthy()
  expect(
    await violationsOf(effectsOnce, [], { facts: { withoutAction: [{ service, effects }] } }),
  ).toHaveLength(1)
  expect(await violationsOf(effectsOnce, [], { facts: { strayActions: [action] } })).toHaveLength(1)
})

test('steps-approved sees a second step that is not in the proposal, and other arguments', async () => {
  const { steps, ...rest } = healthy()
  expect(await violationsOf(stepsApproved, [healthy()])).toEqual([])
  const twice = steps.flatMap(step => [step, { ...step, number: 2 }])
  expect(await violationsOf(stepsApproved, [{ ...rest, steps: twice }])).toHaveLength(1)
  const other = steps.map(step => ({ ...step, args: { name: 'other' } }))
  expect(await violationsOf(stepsApproved, [{ ...rest, steps: other }])).toHaveLength(1)
})

test('decisions-enough sees a decision that nobody has sent, and an accepted one that is lost', async () => {
  const { decisions, ...rest } = healthy()
  const sent = (journal: unknown) => ({ facts: { journal: journal as Journal } })
  expect(await violationsOf(decisionsEnough, [healthy()], sent({ decisions: [] }))).toHaveLength(2)
  const more = [...decisions, { actionId: 'a1', operator: 'cyd', decision: 'approve', stateDigest: 'd' }].map(
    decision => ({ ...decision, status: 200 }),
  )
  expect(
    await violationsOf(decisionsEnough, [{ ...rest, decisions }], sent({ decisions: more })),
  ).toHaveLength(1)
})

test('outcome-true sees an undo that was due and did not happen, and a success that was none', async () => {
  const stubborn = { ...healthy().service, outcome: 'stubborn' as const }
  const judged = (state: string, result: string, transitions = healthy().transitions): Case => ({
    ...healthy(),
    service: stubborn,
    isReversible: true,
    transitions,
    action: { ...healthy().action, state, verification: { result } },
  })
  expect(await violationsOf(outcomeTrue, [healthy()])).toEqual([])
  expect(await violationsOf(outcomeTrue, [judged('succeeded', 'recovered')])).toHaveLength(1)
  expect(await violationsOf(outcomeTrue, [judged('failed', 'no-effect')])).toHaveLength(1)
  expect(await violationsOf(outcomeTrue, [judged('failed', 'unknown')])).toEqual([])
  const undoing = { actionId: 'a1', from: 'verifying', to: 'undoing', by: 'syntra', at: at(14) }
  expect(
    await violationsOf(outcomeTrue, [judged('failed', 'no-effect', [...healthy().transitions, undoing])]),
  ).toEqual([])
})

test('reports-cited sees evidence that was never read, and a report that is missing', async () => {
  const verdict = { causes: [{ chain: [{ evidence: ['E1'] }] }] }
  const report = { verdict, evidence: [{ id: 'E2' }] }
  const rows = (row: object) => ({ rows: [{ id: 'i1', verdict, report, answered: ['E1', 'E2'], ...row }] })
  expect(await violationsOf(reportsCited, [], rows({}))).toEqual([])
  expect(await violationsOf(reportsCited, [], rows({ answered: ['E1'] }))).toHaveLength(1)
  expect(await violationsOf(reportsCited, [], rows({ report: null }))).toHaveLength(1)
})

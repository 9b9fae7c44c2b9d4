import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ActionRisk } from '@goalixa/tools/risk-class'
import { expect, test } from 'vitest'
import { isFrozen, parseFreezeWindows } from './freeze-windows.ts'
import { createPolicy, type PolicyQuestion } from './policy.ts'

const situation = {
  isFrozen: false,
  isRequester: false,
  hasDecided: false,
  objections: 0,
  approvals: 1,
  approvalsNeeded: 1,
  busy: false,
  actionsInWindow: 0,
  actionsPerWindow: 3,
  rollbacksInWindow: 0,
}
const change = {
  id: 'a1',
  kind: 'rollback',
  risk: 'R3',
  tier: 'A',
  environment: 'production',
  irreversible: false,
} as const
const operator = { kind: 'operator', name: 'ada', role: 'operator' } as const
const agent = { kind: 'agent' } as const
const policy = createPolicy()

function ask(question: Partial<PolicyQuestion>, from = policy) {
  return from.ask({ principal: agent, action: 'execute', change, situation, ...question })
}

test('an approved change inside its limits is executed', async () => {
  expect(await ask({})).toMatchObject({ isAllowed: true, because: ['execute-with-approvals'] })
})

test.each([
  ['a freeze window', { isFrozen: true }, 'freeze'],
  ['too few approvals', { approvals: 1, approvalsNeeded: 2 }, undefined],
  ['another action on the target', { busy: true }, 'one-at-a-time'],
  ['too many actions in the window', { actionsInWindow: 3 }, 'actions-per-window'],
  ['a rollback a short while ago', { rollbacksInWindow: 1 }, 'no-rollback-of-a-rollback'],
  ['an objection of the reviewer', { objections: 1 }, 'no-objections'],
])('%s stops an execution and is named', async (_why, facts, rule) => {
  const answer = await ask({ situation: { ...situation, ...facts } })
  expect(answer.isAllowed).toBe(false)
  expect(answer.because).toEqual(rule ? [rule] : [])
  expect(answer.message).not.toBe('')
})

test('a recent rollback does not block a restart', async () => {
  const facts = { ...situation, rollbacksInWindow: 1 }
  expect(await ask({ change: { ...change, kind: 'restart' }, situation: facts })).toMatchObject({
    isAllowed: true,
  })
})

test('an R1 change needs no approval for a background service only', async () => {
  const alone = (risk: ActionRisk, tier: string) =>
    ask({ action: 'actAlone', change: { ...change, risk, tier } }).then(answer => answer.isAllowed)
  expect(await Promise.all([alone('R1', 'B'), alone('R1', 'A'), alone('R2', 'B'), alone('R3', 'B')])).toEqual(
    [true, false, false, false],
  )
})

test('operators may decide, viewers and requesters may not, and R4 needs an admin', async () => {
  const decide = (role: string, facts = {}, risk: ActionRisk = 'R3') =>
    ask({
      action: 'decide',
      principal: { ...operator, role },
      change: { ...change, risk },
      situation: { ...situation, ...facts },
    }).then(answer => answer.isAllowed)
  expect(await decide('operator')).toBe(true)
  expect(await decide('viewer')).toBe(false)
  expect(await decide('admin', { isRequester: true })).toBe(false)
  expect(await decide('operator', { hasDecided: true })).toBe(false)
  expect(await decide('operator', {}, 'R4')).toBe(false)
  expect(await decide('admin', {}, 'R4')).toBe(true)
})

test('a missing, empty or broken policy file and a policy with unknown attributes refuse, and name the fault; a policy gives its reason', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'policy-'))
  try {
    const mine = createPolicy({ folder })
    expect(await ask({}, mine)).toMatchObject({
      isAllowed: false,
      message: expect.stringContaining('could not be evaluated'),
    })
    await cp(join(import.meta.dirname, 'schema.cedarschema'), join(folder, 'schema.cedarschema'))
    for (const text of [
      '',
      'permit (principal, action, resource',
      'permit (principal, action, resource) when { resource.colour == "red" };',
      '@id("one") forbid (principal, action, resource); @id("one") permit (principal, action, resource);',
    ]) {
      await writeFile(join(folder, 'policies.cedar'), text)
      expect(await ask({}, mine)).toMatchObject({ isAllowed: false, because: [] })
    }
    await writeFile(join(folder, 'policies.cedar'), 'permit (principal, action, resource);')
    expect(await ask({}, mine)).toMatchObject({ isAllowed: true })
    for (const annotation of ['message', 'says']) {
      const text = `@${annotation}("Ask the owner.") forbid (principal, action, resource);`
      await writeFile(join(folder, 'policies.cedar'), text)
      expect(await ask({}, mine)).toMatchObject({ isAllowed: false, message: 'Ask the owner.' })
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a freeze window that ends before it begins is a configuration error', () => {
  const [early, late] = ['2026-12-24T00:00:00Z', '2026-12-27T00:00:00Z']
  expect(isFrozen(parseFreezeWindows(`${early}/${late}`), new Date('2026-12-25T12:00:00Z'))).toBe(true)
  for (const text of [`${late}/${early}`, `${early}/${early}`, early])
    expect(() => parseFreezeWindows(text)).toThrow('the later one second')
})

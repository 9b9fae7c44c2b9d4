import { pluralize } from '@goalixa/chassis/pluralize'
import pc from 'picocolors'
import { megabytes } from '../megabytes.ts'
import type { Case } from './checks/check.ts'
import { FAULTS } from './faults/catalog.ts'
import type { RoundResult } from './run-round.ts'

const MAX_VIOLATIONS = 12

/** Formats what was done to the system, the outcome, and whether every promise held. */
export function printRound({ round, queue, unavailable, journal, facts, checks, kept }: RoundResult): string {
  const { cases, system } = facts
  const steps = cases.flatMap(each => each.steps)
  const states = Object.entries(Object.groupBy(cases, ({ action }) => action.state))
  const attempts = steps.reduce((sum, step) => sum + step.attempts, 0)
  return [
    '',
    pc.bold(`Round ${round}, queue on ${queue}`),
    '',
    'Faults',
    ...FAULTS.map(({ fault: { name } }) => row(name, describeFault(name))),
    '',
    'Load',
    row('alerts answered 202', journal.accepted.length),
    row('idempotency keys tampered with', journal.tamperings.length),
    ...[...journal.counts]
      .filter(([name]) => name.startsWith('decide'))
      .map(([name, count]) => row(name, count)),
    '',
    'Actions',
    ...states.map(([state, alike]) => row(state, alike?.length ?? 0)),
    '',
    'Effects in the targets',
    ...countEffects(cases).map(({ what, done, count }) =>
      row(what, `exactly once: ${Math.min(done, count)} of ${done}`),
    ),
    '',
    'Workers',
    row(
      'steps done',
      `${steps.filter(({ state }) => state === 'done').length} in ${pluralize(attempts, 'attempt')}`,
    ),
    row('writes sent to targets', system.requests.filter(({ isWrite }) => isWrite).length),
    ...system.workers.map(({ name, process }) =>
      row(`${name}: most memory`, `${megabytes(process.peakBytes())}, ended ${process.exits()} times`),
    ),
    '',
    'Promises',
    ...checks.flatMap(({ name, promise, result: { checked, violations } }) => [
      `  ${violations.length === 0 ? pc.green('held  ') : pc.red('BROKEN')}  ${name.padEnd(22)}${promise} (${checked})`,
      ...violations
        .slice(0, MAX_VIOLATIONS)
        .map(({ id, message, lookAt }) => `            ${id}: ${message}\n              ${pc.dim(lookAt)}`),
      ...(violations.length > MAX_VIOLATIONS
        ? [`            and ${violations.length - MAX_VIOLATIONS} more`]
        : []),
    ]),
    ...(kept === null ? [] : ['', `  Logs, journal, requests and tables: ${kept}`]),
    '',
  ].join('\n')

  function describeFault(name: string): string {
    const { injected, strikes } = journal.faults.get(name) ?? { injected: 0, strikes: 0 }
    const missing = unavailable.find(each => each.name === name)
    if (missing !== undefined) return `skipped: ${missing.reason}`
    return strikes === injected ? String(injected) : `${injected}, struck ${pluralize(strikes, 'time')}`
  }
}

type Counted = { what: string; done: number; count: number }

/** By kind of effect: how many steps say that they are done, and how many effects the targets show. */
function countEffects(cases: Case[]): Counted[] {
  const counted = new Map<string, Counted>()
  for (const [first] of Object.values(Object.groupBy(cases, ({ service }) => service.name)).map(
    alike => alike ?? [],
  )) {
    for (const { what, count, steps: sources } of first?.effects ?? []) {
      const steps = cases.filter(({ service }) => service === first?.service).flatMap(each => each.steps)
      const done = steps.filter(
        ({ state, phase, tool }) =>
          state === 'done' && sources.some(source => source.phase === phase && source.tool === tool),
      )
      const sum = counted.get(what) ?? { what, done: 0, count: 0 }
      counted.set(what, { what, done: sum.done + done.length, count: sum.count + count })
    }
  }
  return [...counted.values()]
}

function row(name: string, value: string | number): string {
  return `  ${name.padEnd(44)}${String(value)}`
}

import { pluralize } from '@goalixa/chassis/pluralize'
import pc from 'picocolors'
import { megabytes } from './checks/memory-bounded.check.ts'
import { FAULTS } from './faults/catalog.ts'
import type { RoundResult } from './run-round.ts'

const MOST_VIOLATIONS = 12

/** What was done to the system, what came of it, and whether every promise held, as text. */
export function printRound({ seed, queue, journal, facts, checks }: RoundResult): string {
  const faults = FAULTS.map(({ fault }) => [fault.name, journal.counts.get(fault.name) ?? 0] as const)
  const { cases, system } = facts
  const steps = cases.flatMap(each => each.steps)
  const states = Object.entries(Object.groupBy(cases, ({ action }) => action.state))
  const attempts = steps.reduce((sum, step) => sum + step.attempts, 0)
  return [
    '',
    pc.bold(`Seed ${seed}, queue on ${queue}`),
    '',
    'Faults',
    ...faults.map(([name, count]) => row(name, count)),
    '',
    'Load',
    row('alerts answered 202', journal.accepted.length),
    row('keys forged', journal.forgeries.length),
    row('writes held', journal.counts.get('writes held') ?? 0),
    ...[...journal.counts]
      .filter(([name]) => name.startsWith('decide'))
      .map(([name, count]) => row(name, count)),
    '',
    'Actions',
    ...states.map(([state, alike]) => row(state, alike?.length ?? 0)),
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
        .slice(0, MOST_VIOLATIONS)
        .map(({ id, message, lookAt }) => `            ${id}: ${message}\n              ${pc.dim(lookAt)}`),
      ...(violations.length > MOST_VIOLATIONS
        ? [`            and ${violations.length - MOST_VIOLATIONS} more`]
        : []),
    ]),
    '',
  ].join('\n')
}

function row(name: string, value: string | number): string {
  return `  ${name.padEnd(44)}${String(value)}`
}

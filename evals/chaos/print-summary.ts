import { pluralize } from '@goalixa/chassis/pluralize'
import pc from 'picocolors'
import { findGaps } from './find-gaps.ts'
import type { RunChoice } from './plan-rounds.ts'
import { repeatCommand } from './repeat-command.ts'
import type { RoundResult } from './run-round.ts'

type Options = {
  rounds: RoundResult[]
  choice: RunChoice
  seconds: number
  /** `early`: the faults ended early. `hurried`: the run did not wait until the system was idle either. */
  interruption: 'early' | 'hurried' | null
}

const INTERRUPTED = {
  early: 'the run ended early',
  hurried: 'the system was not idle yet, so whatever was still in progress counts as broken',
}

/** Formats what a whole run did, what it checked, what failed and where to look. */
export function printSummary({ rounds, choice, seconds, interruption }: Options): string {
  const cases = rounds.flatMap(({ facts }) => facts.cases)
  const faults = rounds.flatMap(({ journal }) => [...journal.faults])
  const injected = faults.reduce((sum, [, each]) => sum + each.injected, 0)
  const kinds = new Set(faults.map(([name]) => name)).size
  const skipped = [
    ...new Set(
      rounds
        .flatMap(({ unavailable }) => unavailable)
        .filter(({ name }) => rounds.every(round => round.unavailable.some(each => each.name === name)))
        .map(({ name, reason }) => `${name} (${reason})`),
    ),
  ]
  const steps = cases.flatMap(each => each.steps).filter(({ state }) => state === 'done')
  const alerts = rounds.reduce((sum, { journal }) => sum + journal.accepted.length, 0)
  const broken = rounds.flatMap(({ round, kept, checks }) =>
    checks
      .filter(({ result }) => result.violations.length > 0)
      .map(({ name, result }) => ({ round, kept, name, count: result.violations.length })),
  )
  const checks = new Set(rounds.flatMap(each => each.checks.map(({ name }) => name))).size
  const gaps = findGaps(rounds)
  return [
    pc.bold('Summary'),
    `  injected       ${pluralize(injected, 'fault')} of ${pluralize(kinds, 'kind')} in ${Math.round(seconds)} s, ${pluralize(rounds.length, 'round')}`,
    ...skipped.map(reason => `                 skipped: ${reason}`),
    `  load           ${pluralize(alerts, 'alert')} accepted, ${pluralize(cases.length, 'action')} proposed, ${pluralize(steps.length, 'step')} done in the targets`,
    `  checked        ${pluralize(checks, 'promise')} in each round: ${broken.length === 0 ? pc.green('every one held') : pc.red(`${broken.length} BROKEN`)}`,
    ...broken.map(({ round, name, count, kept }) =>
      pc.red(`                 ${name} in round ${round}: ${pluralize(count, 'violation')}, see ${kept}`),
    ),
    ...gaps.map((gap, index) => pc.yellow(`  ${(index === 0 ? 'not exercised' : '').padEnd(15)}${gap}`)),
    ...(interruption === null ? [] : [pc.yellow(`  interrupted    ${INTERRUPTED[interruption]}`)]),
    `  repeat         ${repeatCommand(choice)}`,
    ...(choice.round === undefined ? [...new Set(broken.map(({ round }) => round))] : []).map(
      round => `  only round ${String(round).padEnd(4)}${repeatCommand({ ...choice, round })}`,
    ),
    ...(broken.length === 0
      ? []
      : [
          '  where to look  each violation above names its table, log or path; the folder has the logs of all processes, journal.jsonl (what was',
          '                 injected, sent and answered), requests.jsonl (requests to the targets) and table-<name>.jsonl (the database)',
        ]),
    '',
  ].join('\n')
}

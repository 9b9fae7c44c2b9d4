import { pluralize } from '@goalixa/chassis/pluralize'
import { FAULTS } from './faults/catalog.ts'
import { REMEDIES } from './remedies/catalog.ts'
import type { RoundResult } from './run-round.ts'

type Round = Pick<RoundResult, 'unavailable' | 'checks'> & {
  journal: Pick<RoundResult['journal'], 'faults'>
  facts: Pick<RoundResult['facts'], 'cases'>
}

/** What a run has not exercised in any of its rounds, as sentences. Promises that held prove less without it. */
export function findGaps(rounds: readonly Round[]): string[] {
  const cases = rounds.flatMap(({ facts }) => facts.cases)
  const isUnavailable = (name: string) =>
    rounds.every(round => round.unavailable.some(each => each.name === name))
  const faults = FAULTS.map(({ fault: { name } }) => name)
    .filter(name => !isUnavailable(name))
    .map(name => ({ name, ...totalOf(rounds, name) }))
  const never = faults.filter(({ injected }) => injected === 0).map(({ name }) => name)
  const missed = faults.filter(({ injected, strikes }) => injected > 0 && strikes === 0)
  const remedies = REMEDIES.flatMap(({ name, isReversible }) => {
    const steps = cases.filter(({ service }) => service.remedy === name).flatMap(each => each.steps)
    const isDone = (wanted: string) => steps.some(({ phase, state }) => phase === wanted && state === 'done')
    return [
      ...(isDone('do') ? [] : [`no action with the remedy "${name}" was executed`]),
      ...(isDone('undo') || !isReversible ? [] : [`no action with the remedy "${name}" was undone`]),
    ]
  })
  const checks = (rounds[0]?.checks ?? [])
    .map(({ name }) => name)
    .filter(
      name => sum(rounds.map(({ checks }) => checks.find(each => each.name === name)?.result.checked)) === 0,
    )
    .map(name => `the check ${name} had nothing to check`)
  return [
    ...(never.length > 0 ? [`${pluralize(never.length, 'fault')} never injected: ${never.join(', ')}`] : []),
    ...missed.map(
      ({ name, injected }) =>
        `the fault "${name}" was injected ${pluralize(injected, 'time')} and never struck`,
    ),
    ...remedies,
    ...checks,
  ]
}

function totalOf(rounds: readonly Round[], name: string) {
  const counts = rounds.map(({ journal }) => journal.faults.get(name))
  return {
    injected: sum(counts.map(each => each?.injected)),
    strikes: sum(counts.map(each => each?.strikes)),
  }
}

function sum(numbers: (number | undefined)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0)
}

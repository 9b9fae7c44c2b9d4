import { parseArgs } from 'node:util'
import { expect, test } from 'vitest'
import { planRounds, type RunChoice } from './plan-rounds.ts'
import { repeatCommand } from './repeat-command.ts'

test('the printed command plans the same rounds again: seeds, lengths and queues', () => {
  for (const choice of [
    { seed: 4711, minutes: 3 },
    { seed: 1, minutes: 0.5, redis: true },
    { seed: 7, minutes: 30, redis: false },
  ])
    expect(planRounds(parse(repeatCommand(choice)))).toEqual(planRounds(choice))
})

test('a single round is repeated with its own seed and on its own queue', () => {
  const run = { seed: 4711, minutes: 12 }
  const repeated = planRounds(run).flatMap(({ round }) => planRounds(parse(repeatCommand({ ...run, round }))))
  expect(repeated).toEqual(planRounds(run))
  expect(repeated.map(({ withRedis }) => withRedis)).toEqual([false, true, false])
})

test('a round that the run does not have is an error that names the ones it has', () => {
  expect(() => planRounds({ seed: 1, minutes: 3, round: 3 })).toThrow('rounds 1 to 2')
})

/** Reads the options as the command line does. */
function parse(command: string): RunChoice {
  const { values } = parseArgs({
    args: command.split(' -- ')[1]?.split(' '),
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string' },
      round: { type: 'string' },
      redis: { type: 'boolean' },
    },
  })
  const { seed, minutes, round, redis } = values
  return {
    seed: Number(seed),
    minutes: Number(minutes),
    redis,
    round: round === undefined ? undefined : Number(round),
  }
}

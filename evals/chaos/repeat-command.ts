import type { RunChoice } from './plan-rounds.ts'

/** The command that makes the same random choices on the same queues, for as long. */
export function repeatCommand({ seed, minutes, redis, round }: RunChoice): string {
  return [
    `npm run chaos -- --seed ${seed} --minutes ${minutes}`,
    ...(redis ? ['--redis'] : []),
    ...(round === undefined ? [] : [`--round ${round}`]),
  ].join(' ')
}

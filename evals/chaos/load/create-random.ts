import { seededRandom } from '@goalixa/sandbox/traffic/seeded-random'

/** A reproducible source of choices. Each part of a run has its own by name, so that the timing of one does not change another. */
export function createRandom(seed: number, name: string) {
  const next = seededRandom([...name].reduce((hash, sign) => Math.imul(hash, 31) + sign.charCodeAt(0), seed))
  return {
    /** A number in [from, to). */
    between: (from: number, to: number) => from + next() * (to - from),
    isHit: (chance: number) => next() < chance,
    pick<T>(choices: readonly T[]): T {
      const choice = choices[Math.floor(next() * choices.length)]
      if (choice === undefined) throw new Error('There is nothing to choose from.')
      return choice
    },
  }
}
export type Random = ReturnType<typeof createRandom>

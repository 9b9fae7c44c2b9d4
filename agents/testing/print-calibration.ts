import { exitOnEpipe } from '@goalixa/chassis/exit-on-epipe'
import { diagnose } from '../incident/diagnose.ts'
import type { Cause } from '../incident/verdict.ts'
import { withoutAnswers } from './drop-answers.ts'
import { investigate } from './investigate.ts'
import { TROUBLES } from './sample-faults.ts'

const TRIES = 300
const EDGES = [0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.001]

type Guess = { cause: Cause; isRight: boolean; isNear: boolean }

// How often a cause is right by how sure the engine is of it: every sample cluster, with up to half of its answers lost.
const guesses = TROUBLES.flatMap(({ world, code, subject }, place) => {
  const { snapshot } = investigate(world())
  const ids = snapshot.reads.map(read => read.evidence)
  return Array.from({ length: TRIES }, (_, number): Guess[] => {
    const random = sequence(place * TRIES + number + 1)
    const share = random() / 2
    const gone = new Set(ids.filter(() => random() < share))
    return diagnose(withoutAnswers(snapshot, gone, true)).verdict.causes.map(cause => ({
      cause,
      isRight: cause.code === code && cause.subject.name === subject,
      isNear: cause.subject.name === subject,
    }))
  }).flat()
})

exitOnEpipe(process.stdout, () => process.exit(0))
process.stdout.write('confidence    causes  subject  code too\n')
for (const [index, from] of EDGES.slice(0, -1).entries()) {
  const to = EDGES[index + 1] ?? 1
  const those = guesses.filter(({ cause }) => cause.confidence >= from && cause.confidence < to)
  const share = (is: 'isNear' | 'isRight') =>
    those.length === 0
      ? '–'
      : `${Math.round((100 * those.filter(guess => guess[is]).length) / those.length)} %`
  process.stdout.write(
    `${from.toFixed(2)}–${Math.min(to, 1).toFixed(2)}  ${String(those.length).padStart(8)}  ${share('isNear').padEnd(7)}  ${share('isRight')}\n`,
  )
}
const [start, pro, against] = fitted(guesses)
process.stdout.write(
  `\nlogistic fit: ${start.toFixed(2)} + ${pro.toFixed(2)}·for − ${(-against).toFixed(2)}·against (${guesses.length} causes)\n`,
)

/** Logistic regression of being right, in subject and code, on the counted arguments, by gradient ascent. */
function fitted(all: Guess[]): [number, number, number] {
  const weights: [number, number, number] = [0, 0, 0]
  for (let round = 0; round < 4_000; round++) {
    const slope: [number, number, number] = [0, 0, 0]
    for (const { cause, isRight } of all) {
      const [pro, against] = [cause.for.length, cause.against.length]
      const score = weights[0] + weights[1] * pro + weights[2] * against
      const error = Number(isRight) - 1 / (1 + Math.exp(-score))
      slope[0] += error
      slope[1] += error * pro
      slope[2] += error * against
    }
    weights[0] += (0.1 * slope[0]) / all.length
    weights[1] += (0.1 * slope[1]) / all.length
    weights[2] += (0.1 * slope[2]) / all.length
  }
  return weights
}

/** Numbers from 0 to 1 that are the same each time (Park and Miller's generator). */
function sequence(seed: number): () => number {
  let state = seed * 7_919
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

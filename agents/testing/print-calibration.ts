import { exitOnEpipe } from '@goalixa/chassis/exit-on-epipe'
import { confidenceLevel } from '../incident/confidence/confidence-level.ts'
import { diagnose } from '../incident/diagnose.ts'
import type { Cause } from '../incident/verdict.ts'
import { dropAnswers } from './drop-answers.ts'
import { investigate } from './investigate.ts'
import { SAMPLE_FAULTS } from './sample-faults.ts'

/** How often each sample cluster is diagnosed, each time with other answers missing. */
const RUNS = 300
const EDGES = [0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.001]

type JudgedCause = { cause: Cause; isCorrect: boolean; hasCorrectSubject: boolean }

// Prints a reliability diagram: how often a cause is correct, by its confidence, for every sample cluster with up to half of
// its answers missing. Then the logistic fit, whose weights `score.ts` can be compared with.
const judged = SAMPLE_FAULTS.flatMap(({ world, code, subject }, place) => {
  const { snapshot } = investigate(world())
  const ids = snapshot.reads.map(read => read.evidence)
  return Array.from({ length: RUNS }, (_, run): JudgedCause[] => {
    const random = createRandom(place * RUNS + run + 1)
    const share = random() / 2
    const dropped = new Set(ids.filter(() => random() < share))
    return diagnose(dropAnswers(snapshot, dropped, true)).verdict.causes.map(cause => ({
      cause,
      isCorrect: cause.code === code && cause.subject.name === subject,
      hasCorrectSubject: cause.subject.name === subject,
    }))
  }).flat()
})

exitOnEpipe(process.stdout, () => process.exit(0))
process.stdout.write('confidence  level     causes  correct subject  correct subject and code\n')
for (const [index, from] of EDGES.slice(0, -1).entries()) {
  const to = EDGES[index + 1] ?? 1
  const bin = judged.filter(({ cause }) => cause.confidence >= from && cause.confidence < to)
  const columns = [
    `${from.toFixed(2)}–${Math.min(to, 1).toFixed(2)}`,
    confidenceLevel(from).padEnd(6),
    String(bin.length).padStart(8),
    formatShare(bin, 'hasCorrectSubject').padEnd(15),
    formatShare(bin, 'isCorrect'),
  ]
  process.stdout.write(`${columns.join('  ')}\n`)
}
const [start, pro, against] = fitLogistic(judged)
process.stdout.write(
  `\nlogistic fit: ${start.toFixed(2)} + ${pro.toFixed(2)}·for − ${(-against).toFixed(2)}·against (${judged.length} causes)\n`,
)

function formatShare(bin: JudgedCause[], field: 'hasCorrectSubject' | 'isCorrect'): string {
  if (bin.length === 0) return '–'
  return `${Math.round((100 * bin.filter(item => item[field]).length) / bin.length)} %`
}

/** Logistic regression of being correct, in subject and code, on the numbers of arguments, by gradient ascent. */
function fitLogistic(causes: JudgedCause[]): [start: number, pro: number, against: number] {
  const weights: [number, number, number] = [0, 0, 0]
  for (let round = 0; round < 4_000; round++) {
    const gradient: [number, number, number] = [0, 0, 0]
    for (const { cause, isCorrect } of causes) {
      const [pro, against] = [cause.for.length, cause.against.length]
      const score = weights[0] + weights[1] * pro + weights[2] * against
      const error = Number(isCorrect) - 1 / (1 + Math.exp(-score))
      gradient[0] += error
      gradient[1] += error * pro
      gradient[2] += error * against
    }
    weights[0] += (0.1 * gradient[0]) / causes.length
    weights[1] += (0.1 * gradient[1]) / causes.length
    weights[2] += (0.1 * gradient[2]) / causes.length
  }
  return weights
}

/** Reproducible random numbers from 0 to 1 (Park and Miller's generator). */
function createRandom(seed: number): () => number {
  let state = seed * 7_919
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

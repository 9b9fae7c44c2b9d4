/** What a run is made of: together with its timing, all that decides what happens in it. */
export type RunChoice = {
  seed: number
  minutes: number
  /** Redis keeps the queue in every round instead of every second one. */
  redis?: boolean
  /** Only this round; the first is 1. */
  round?: number
}

export type PlannedRound = { round: number; seed: number; seconds: number; withRedis: boolean }

/** The longest round: each starts a fresh system, and the report of a short one is easier to read. */
const MAX_SECONDS = 300

/** The rounds of a run: at least two, one for each queue. Throws if it has no such round. */
export function planRounds({ seed, minutes, redis = false, round: only }: RunChoice): PlannedRound[] {
  const count = Math.max(2, Math.ceil((minutes * 60) / MAX_SECONDS))
  if (only !== undefined && only > count)
    throw new Error(`--round ${only}: a run of this length has the rounds 1 to ${count}. Check --minutes.`)
  return Array.from({ length: count }, (_, index) => ({
    round: index + 1,
    seed: seed + index,
    seconds: (minutes * 60) / count,
    withRedis: redis || index % 2 === 1,
  })).filter(({ round }) => only === undefined || round === only)
}

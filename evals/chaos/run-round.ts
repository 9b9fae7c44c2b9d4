import { setTimeout as sleep } from 'node:timers/promises'
import { CHECKS } from './checks/catalog.ts'
import type { CheckResult, Facts } from './checks/check.ts'
import { collectFacts } from './checks/collect-facts.ts'
import { FAULTS } from './faults/catalog.ts'
import type { Fault } from './faults/fault.ts'
import { runFaults } from './faults/run-faults.ts'
import { createRandom } from './load/create-random.ts'
import { createJournal, type Journal } from './load/journal.ts'
import { runAlertStream } from './load/run-alert-stream.ts'
import { type BeforeDecision, runOperators } from './load/run-operators.ts'
import { runServiceStream } from './load/run-service-stream.ts'
import { watchTimeline } from './load/watch-timeline.ts'
import type { PlannedRound } from './plan-rounds.ts'
import type { Service } from './remedies/remedy.ts'
import { settle } from './settle.ts'
import { startSystem } from './system/start-system.ts'

type Options = PlannedRound & {
  /** Ends the faults early; the run is checked all the same. */
  signal: AbortSignal
  /** Faults that have not struck in this run yet. */
  due: Set<Fault>
  /** No longer waits for what still moves. */
  hurry: AbortSignal
  onProgress: (message: string) => void
}

export type RoundResult = {
  round: number
  queue: 'PostgreSQL' | 'Redis'
  /** Faults that cannot be injected here, with the reason. */
  unavailable: { name: string; reason: string }[]
  journal: Pick<Journal, 'counts' | 'faults' | 'accepted' | 'tamperings'>
  facts: Facts
  checks: { name: string; promise: string; result: CheckResult }[]
  /** Where the logs and the database are kept; null where every promise held. */
  kept: string | null
}

const WORKERS = 3

/** One round: a fresh system under load and faults, then healed and checked. */
export async function runRound({
  round,
  seed,
  seconds,
  withRedis,
  signal,
  due,
  hurry,
  onProgress,
}: Options): Promise<RoundResult> {
  onProgress(`starting a system with its queue on ${withRedis ? 'Redis' : 'PostgreSQL'}`)
  const system = await startSystem({ signal, workers: WORKERS, withRedis })
  const ending = new AbortController()
  const operating = new AbortController()
  try {
    const unavailable = FAULTS.flatMap(({ fault: { name, reasonUnavailable } }) => {
      const reason = reasonUnavailable?.(system)
      return reason === undefined ? [] : [{ name, reason }]
    })
    for (const { name, reason } of unavailable) onProgress(`skipping the fault "${name}": ${reason}`)
    const journal = createJournal(system.dataDir)
    const services: Service[] = []
    const beforeDecision = new Set<BeforeDecision>()
    const apiUrl = system.api.url
    const { targets } = system
    const random = (name: string) => createRandom(seed, name)
    const ready = Promise.withResolvers<void>()
    const end = () => ending.abort()
    signal.addEventListener('abort', end, { once: true })
    const load = [
      runServiceStream({
        apiUrl,
        targets,
        journal,
        services,
        random: random('services'),
        signal: ending.signal,
        onReady: ready.resolve,
      }),
      runAlertStream({ apiUrl, journal, random: random('alerts'), signal: ending.signal }),
    ]
    const operators = runOperators({
      system,
      journal,
      random: random('operators'),
      beforeDecision,
      signal: operating.signal,
    })
    const watching = watchTimeline(system, journal, operating.signal)
    // Their failure is reported when they are awaited.
    for (const running of [operators, watching]) running.catch(() => undefined)
    await Promise.race([ready.promise, ...load])
    onProgress(`injecting faults for ${seconds} s`)
    const over = setTimeout(end, seconds * 1000)
    const context = { system, services, beforeDecision, journal, random: random('faults') }
    await runFaults({
      context,
      due,
      signal: ending.signal,
      hurry: AbortSignal.any([signal, hurry]),
      onFault: onProgress,
    })
    clearTimeout(over)
    await Promise.all(load)
    onProgress('all faults healed; waiting until the system is idle')
    // People still decide on what is proposed in these seconds.
    await sleep(5_000, undefined, { signal: hurry }).catch(() => undefined)
    const wasCalm = await settle(system, hurry, onProgress)
    operating.abort()
    await Promise.all([operators, watching])
    const isCalm = wasCalm && (await settle(system, hurry, onProgress))
    onProgress(isCalm ? 'idle; running the checks' : 'not idle in time; running the checks anyway')
    const facts = await collectFacts(system, services, journal)
    const checks = await runChecks(facts)
    const isBroken = checks.some(({ result }) => result.violations.length > 0)
    if (isBroken) await system.keep()
    return {
      round,
      queue: withRedis ? 'Redis' : 'PostgreSQL',
      unavailable,
      journal,
      facts,
      checks,
      kept: isBroken ? system.dataDir : null,
    }
  } finally {
    ending.abort()
    operating.abort()
    await system.stop()
  }
}

/** Runs every check on the facts of a run. */
export async function runChecks(facts: Facts): Promise<RoundResult['checks']> {
  const checks: RoundResult['checks'] = []
  for (const { name, promise, run } of CHECKS) checks.push({ name, promise, result: await run(facts) })
  return checks
}

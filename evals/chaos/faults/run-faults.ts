import { setTimeout as sleep } from 'node:timers/promises'
import { FAULTS } from './catalog.ts'
import type { Fault, FaultContext, Injected } from './fault.ts'

type Options = {
  context: FaultContext
  /** Faults that have not struck yet in this run; those come first. A fault that has struck is removed. */
  due: Set<Fault>
  /** Ends the outages. */
  signal: AbortSignal
  /** Stops waiting for faults that have not struck. */
  hurry: AbortSignal
  onFault: (message: string) => void
}

/** How many faults of each kind there are at a time. */
const MAX_AT_A_TIME = 2
/** How much longer a fault that has not struck stays, and how long it stays once everything else works again. */
const EXTRA_SECONDS = 15
const QUIET_SECONDS = 45
/** The probability that a fault that has not struck yet is preferred. */
const DUE_FIRST = 0.75

/** Injects faults drawn at random until the signal, those that have not struck yet with preference; then heals what is still broken. */
export async function runFaults({ context, due, signal, hurry, onFault }: Options) {
  const { system, random, journal } = context
  const usable = FAULTS.filter(({ fault }) => fault.reasonUnavailable?.(system) === undefined)
  const drawn = usable.flatMap(({ fault, weight }) => Array.from({ length: weight }, () => fault))
  const running = new Set<Fault>()
  const pending = new Set<Promise<void>>()
  while (!signal.aborted) {
    const next = drawn.filter(isDue)
    // One that does not strike must not crowd out the others.
    const fault = random.pick(next.length > 0 && random.isHit(DUE_FIRST) ? next : drawn)
    if (hasRoomFor(fault)) {
      running.add(fault)
      const done = live(fault).finally(() => {
        running.delete(fault)
        pending.delete(done)
      })
      pending.add(done)
    }
    await sleep(random.between(700, 2_500), undefined, { signal }).catch(() => undefined)
  }
  await Promise.all(pending)
  // Some only strike when a worker or a person meets them, and little moves while other things are broken.
  const missed = usable.filter(({ fault }) => due.has(fault) && journal.faults.has(fault.name))
  await Promise.all(missed.map(({ fault }) => live(fault, QUIET_SECONDS, hurry)))

  function isDue(fault: Fault): boolean {
    return due.has(fault) && hasRoomFor(fault)
  }

  function hasRoomFor(fault: Fault): boolean {
    const alike = [...running].filter(({ kind }) => kind === fault.kind)
    return !running.has(fault) && alike.length < MAX_AT_A_TIME
  }

  /** A fault that strikes only when something runs into it stays longer, so that this can happen. */
  async function untilStruck({ strikes }: Injected, seconds: number, until: AbortSignal) {
    const end = performance.now() + seconds * 1000
    while (strikes?.() === 0 && performance.now() < end && !until.aborted)
      await sleep(200, undefined, { signal: until }).catch(() => undefined)
  }

  async function live(fault: Fault, extraSeconds = EXTRA_SECONDS, until = signal) {
    const { name } = fault
    const seconds = random.between(...fault.seconds)
    let injected: Injected | undefined
    try {
      injected = await fault.inject(context)
      journal.inject(name, { detail: injected.detail, seconds })
      onFault([name, injected.detail].filter(Boolean).join(': '))
      await sleep(seconds * 1000, undefined, { signal: until }).catch(() => undefined)
      await untilStruck(injected, extraSeconds, until)
    } catch (error) {
      journal.note('fault could not be injected', { name, error: String(error) })
    } finally {
      await Promise.resolve(injected?.heal()).catch(error =>
        journal.note('fault could not be healed', { name, error: String(error) }),
      )
      const strikes = injected?.strikes?.() ?? (injected ? 1 : 0)
      journal.strike(name, strikes)
      if (strikes > 0) due.delete(fault)
    }
  }
}

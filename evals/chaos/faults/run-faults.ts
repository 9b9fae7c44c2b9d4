import { setTimeout as sleep } from 'node:timers/promises'
import { FAULTS } from './catalog.ts'
import type { Fault, FaultContext, Heal } from './fault.ts'

type Options = { context: FaultContext; signal: AbortSignal; onFault: (message: string) => void }

/** Injects faults drawn at random, one or two at a time, until the signal; then heals what is still broken. */
export async function runFaults({ context, signal, onFault }: Options) {
  const { system, random, journal } = context
  const usable = FAULTS.filter(({ fault }) => fault.reasonUnavailable?.(system) === undefined)
  const drawn = usable.flatMap(({ fault, weight }) => Array.from({ length: weight }, () => fault))
  const running = new Set<string>()
  const pending = new Set<Promise<void>>()
  while (!signal.aborted) {
    const fault = random.pick(drawn)
    if (!running.has(fault.name) && running.size < 2) {
      running.add(fault.name)
      const done = live(fault).finally(() => {
        running.delete(fault.name)
        pending.delete(done)
      })
      pending.add(done)
    }
    await sleep(random.between(700, 2_500), undefined, { signal }).catch(() => undefined)
  }
  await Promise.all(pending)

  async function live(fault: Fault) {
    const seconds = random.between(...fault.seconds)
    let heal: Heal = () => {}
    try {
      const injected = await fault.inject(context)
      heal = injected.heal
      journal.count(fault.name)
      journal.note('fault', { name: fault.name, detail: injected.detail, seconds })
      onFault([fault.name, injected.detail].filter(Boolean).join(': '))
      await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined)
    } catch (error) {
      journal.note('fault could not be injected', { name: fault.name, error: String(error) })
    } finally {
      await Promise.resolve(heal()).catch(error =>
        journal.note('fault could not be healed', { name: fault.name, error: String(error) }),
      )
    }
  }
}

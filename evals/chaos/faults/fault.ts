import type { Random } from '../load/create-random.ts'
import type { Journal } from '../load/journal.ts'
import type { BeforeDecision } from '../load/run-operators.ts'
import type { Service } from '../remedies/remedy.ts'
import type { System } from '../system/start-system.ts'

/** What a fault may use. */
export type FaultContext = {
  system: System
  services: readonly Service[]
  beforeDecision: Set<BeforeDecision>
  journal: Journal
  random: Random
}

/** Ends the fault. What was broken works again afterwards; what was lost stays lost. */
export type Heal = () => unknown

/** One way in which a real system breaks. */
export type Fault = {
  /** The name in the report: `worker killed`. */
  name: string
  /** How long it lasts, in seconds, from and to. */
  seconds: [number, number]
  /** Why it cannot be injected into this system; undefined if it can. */
  reasonUnavailable?(system: System): string | undefined
  /** Resolves with what ends it, and with a detail for the log. */
  inject(context: FaultContext): Promise<{ detail: string; heal: Heal }>
}

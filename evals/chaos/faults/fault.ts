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

/** A fault that has been injected. */
export type Injected = {
  /** For the log. */
  detail: string
  heal: Heal
  /** How often it has struck so far. Absent if it strikes as soon as it is injected. */
  strikes?: () => number
}

/** One way in which a real system breaks. */
export type Fault = {
  /** The name in the report: `worker killed`. */
  name: string
  /** `outage`: something does not work. `interference`: everything works, and somebody outside interferes. */
  kind: 'outage' | 'interference'
  /** How long it lasts, in seconds, from and to. */
  seconds: [number, number]
  /** Why it cannot be injected into this system; undefined if it can. */
  reasonUnavailable?(system: System): string | undefined
  inject(context: FaultContext): Promise<Injected>
}

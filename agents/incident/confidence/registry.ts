import { mergeNeeds } from '../../snapshot/needs.ts'
import { changeEvidence } from './checks/change-evidence.ts'
import { completeness } from './checks/completeness.ts'
import { controlGroups } from './checks/control-groups.ts'
import { directEvidence } from './checks/direct-evidence.ts'
import { load } from './checks/load.ts'
import { timing } from './checks/timing.ts'
import type { Side } from './define-check.ts'

/** All checks, in the order in which their arguments are shown. */
export const CHECKS = { directEvidence, changeEvidence, controlGroups, timing, load, completeness }

type Sides = (typeof CHECKS)[keyof typeof CHECKS]['arguments']
type KeysOf<Table> = Table extends unknown ? keyof Table & string : never

/** What has to be read for all checks. */
export const CHECK_NEEDS = mergeNeeds(...Object.values(CHECKS).map(({ needs }) => needs))

/** Every code that an argument for or against a cause can have. */
export type ArgumentCode = KeysOf<Sides>

const SIDES: Readonly<Record<ArgumentCode, Side>> = {
  ...directEvidence.arguments,
  ...changeEvidence.arguments,
  ...controlGroups.arguments,
  ...timing.arguments,
  ...load.arguments,
  ...completeness.arguments,
}

/** All argument codes, in the order of the checks. */
export const ARGUMENT_CODES = Object.keys(SIDES) as [ArgumentCode, ...ArgumentCode[]]

/** The side of an argument: for a cause, or against it. */
export function sideOf(code: ArgumentCode): Side {
  return SIDES[code]
}

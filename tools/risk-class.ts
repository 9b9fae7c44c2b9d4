import { z } from 'zod'

/** How far a change reaches. Only R1 may run without a person, and only where the installation allows it. */
export const RISK_CLASSES = {
  R0: 'reads only',
  R1: 'heals itself and touches no user path, for example one stuck pod of a background service',
  R2: 'a reversible change of one workload off the user path',
  R3: 'a reversible change on the path of users',
  R4: 'changes data, or cannot be undone',
} as const

export type RiskClass = keyof typeof RISK_CLASSES

/** The risk class of an action: of everything but a read. */
export const ActionRisk = z.enum(['R1', 'R2', 'R3', 'R4'] satisfies RiskClass[])
export type ActionRisk = z.infer<typeof ActionRisk>

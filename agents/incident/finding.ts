import { z } from 'zod'
import { FINDING_CODES, type FindingCode } from './analysers/registry.ts'
import { type FindingOf, findingSchema } from './findings/finding-shape.ts'

/** A fact that an analyser derived from evidence. */
export const Finding = findingSchema(z.enum(FINDING_CODES))
export type Finding = FindingOf<FindingCode>

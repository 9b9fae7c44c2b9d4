import { z } from 'zod'
import { parseOperatorList } from './parse-operator-list.ts'

/** Parses `name:role:subject,…`, where the subject is a token's `sub` or verified e-mail. Throws `invalid` BAD_CONFIGURATION. */
export function parseOperators(text: string) {
  return parseOperatorList(
    'SYNTRA_OPERATORS',
    text,
    'subject',
    z.string().min(1, "the token's subject or e-mail"),
  )
}
export type ConfiguredOperator = ReturnType<typeof parseOperators>[number]

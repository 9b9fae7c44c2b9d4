import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { Role } from './operator.ts'

const Name = z.string().regex(/^[\w.@-]{1,64}$/, 'a name of letters, digits and . _ @ -')

/**
 * Parses a setting of the form `name:role:key-or-subject,…`; `last` names the last field. Names and last fields are unique.
 * Throws `invalid` BAD_CONFIGURATION, which names the setting, the entry and its field, but never the value of the last field.
 */
export function parseOperatorList<Last extends string>(
  setting: string,
  text: string,
  last: Last,
  shape: z.ZodType<string>,
) {
  const Entry = z.object({ name: Name, role: Role, last: shape })
  const entries: z.infer<typeof Entry>[] = []
  for (const [index, part] of text.split(',').filter(Boolean).entries()) {
    const [name, role, ...rest] = part.trim().split(':')
    const parsed = Entry.safeParse({ name, role, last: rest.join(':') })
    const faults = parsed.success
      ? repetitions(parsed.data, entries)
      : parsed.error.issues.map(({ path, message }) => [path.join('.'), message])
    if (faults.length > 0) {
      const message = faults.map(
        ([field, expected]) => `${field === 'last' ? last : field}: expected ${expected}`,
      )
      throw new ExpectedError(
        'invalid',
        'BAD_CONFIGURATION',
        `${setting} entry ${index + 1}: ${message.join('; ')}`,
      )
    }
    if (parsed.success) entries.push(parsed.data)
  }
  return entries.map(({ name, role, last: value }) => ({ name, role, [last]: value })) as ({
    name: string
    role: Role
  } & Record<Last, string>)[]
}

function repetitions(entry: Record<'name' | 'last', string>, before: Record<'name' | 'last', string>[]) {
  return (['name', 'last'] as const).flatMap(field => {
    const first = before.findIndex(earlier => earlier[field] === entry[field])
    return first === -1 ? [] : [[field, `a value other than that of entry ${first + 1}`]]
  })
}

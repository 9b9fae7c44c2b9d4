/** The synced entities, each after the ones that it refers to. A new one is a name here, its fields below and a table. */
export const ENTITIES = ['projects', 'tasks', 'time_entries'] as const
export type Entity = (typeof ENTITIES)[number]

/** What a field accepts, and its value if it was never set. Where that is null, null is accepted too. */
export type FieldRule =
  | { kind: 'text'; max: number; initial: string }
  | { kind: 'choice'; choices: readonly string[]; initial: string }
  | { kind: 'flag'; initial: boolean }
  | { kind: 'integer'; min: number; max: number; initial: null }
  | { kind: 'instant' | 'day' | 'colour'; initial: null }
  /** A fractional index: rows are ordered by its text. */
  | { kind: 'position'; initial: string }
  /** The id of a row, which must exist already. */
  | { kind: 'reference'; to: Entity; initial: null }

const FLAG = { kind: 'flag', initial: false } as const
const POSITION = { kind: 'position', initial: '' } as const
const INSTANT = { kind: 'instant', initial: null } as const

/** The fields of each synced entity, by their name in the API. */
export const FIELDS = {
  projects: {
    name: { kind: 'text', max: 200, initial: '' },
    color: { kind: 'colour', initial: null },
    position: POSITION,
    archived: FLAG,
    deleted: FLAG,
  },
  tasks: {
    name: { kind: 'text', max: 500, initial: '' },
    note: { kind: 'text', max: 20_000, initial: '' },
    project_id: { kind: 'reference', to: 'projects', initial: null },
    status: { kind: 'choice', choices: ['active', 'completed'], initial: 'active' },
    completed_at: INSTANT,
    priority: { kind: 'choice', choices: ['high', 'medium', 'low'], initial: 'medium' },
    due: { kind: 'day', initial: null },
    estimate_s: { kind: 'integer', min: 0, max: 31_536_000, initial: null },
    position: POSITION,
    deleted: FLAG,
  },
  time_entries: {
    task_id: { kind: 'reference', to: 'tasks', initial: null },
    started_at: INSTANT,
    ended_at: INSTANT,
    note: { kind: 'text', max: 2_000, initial: '' },
    deleted: FLAG,
  },
} as const satisfies Record<Entity, Record<string, FieldRule>>

/** The name of a field of an entity. */
export type FieldName<E extends Entity> = E extends Entity ? keyof (typeof FIELDS)[E] : never

/** The values that a rule accepts. */
export type FieldValue<R extends FieldRule> =
  | (R extends { choices: readonly (infer Choice)[] } ? Choice : Basic<R['kind']>)
  | (null extends R['initial'] ? null : never)
type Basic<Kind> = Kind extends 'flag' ? boolean : Kind extends 'integer' ? number : string

/** A value for each field of an entity. */
export type FieldValues<E extends Entity> = {
  -readonly [F in keyof (typeof FIELDS)[E]]: (typeof FIELDS)[E][F] extends infer R extends FieldRule
    ? FieldValue<R>
    : never
}

/** Whether an entity has a field of this name. */
export function isFieldName<E extends Entity>(entity: E, name: string): name is FieldName<E> & string {
  return Object.hasOwn(FIELDS[entity], name)
}

/** Returns the value of each field of an entity that was never set. */
export function initialValues<E extends Entity>(entity: E): FieldValues<E> {
  const rules: [string, FieldRule][] = Object.entries(FIELDS[entity])
  return Object.fromEntries(rules.map(([name, { initial }]) => [name, initial])) as FieldValues<E>
}

/** Returns the entity whose rows a field refers to, undefined if it refers to none. */
export function findReferencedEntity(entity: Entity, field: string): Entity | undefined {
  const rules: Record<string, FieldRule> = FIELDS[entity]
  const rule = Object.hasOwn(rules, field) ? rules[field] : undefined
  return rule?.kind === 'reference' ? rule.to : undefined
}

import { isDeepStrictEqual } from 'node:util'
import { forbidden } from '../../meta/field-error.ts'
import type { FieldError } from '../../meta/resource-kind.ts'
import type { StatefulSet } from './stateful-set.ts'

const CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]

export function validateImmutableFields(
  spec: StatefulSet['spec'],
  before: StatefulSet['spec'],
): FieldError[] {
  const fixed = (all: StatefulSet['spec']) =>
    Object.fromEntries(Object.entries(all).filter(([field]) => !CHANGEABLE.includes(field)))
  if (isDeepStrictEqual(fixed(spec), fixed(before))) return []
  const names = CHANGEABLE.map(name => `'${name}'`)
  return [
    forbidden(
      'spec',
      `updates to statefulset spec for fields other than ${names.slice(0, -1).join(', ')} and ${names.at(-1)} are forbidden`,
    ),
  ]
}

import { listAt, stringAt } from './json-path.ts'

/** What a pod or a template says of one of its containers, init containers too; undefined where it names none of them. */
export function containerSpec(object: unknown, name: string): unknown {
  return [...listAt(object, 'spec.containers'), ...listAt(object, 'spec.initContainers')].find(
    one => stringAt(one, 'name') === name,
  )
}

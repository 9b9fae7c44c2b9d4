import { listAt, stringAt } from './json-path.ts'

/** The spec of a container in a pod or a template, init containers included; undefined where there is none of that name. */
export function containerSpec(object: unknown, name: string): unknown {
  return [...listAt(object, 'spec.containers'), ...listAt(object, 'spec.initContainers')].find(
    container => stringAt(container, 'name') === name,
  )
}

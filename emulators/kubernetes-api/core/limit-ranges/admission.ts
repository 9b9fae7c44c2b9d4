import { quantityOr0 } from '../../meta/quantity.ts'
import type { Admission } from '../../registry/dependencies.ts'
import { forbiddenError } from '../../registry/status-error.ts'
import { pods } from '../pods/kind.ts'
import type { Pod } from '../pods/pod.ts'
import { limitRanges } from './kind.ts'

/** Sets the default requests and limits of a LimitRange on containers, and rejects values outside its bounds. */
export const limitRangeAdmission: Admission = ({ kind, object, previous, store }) => {
  if (kind.kind !== pods.kind || previous) return
  const pod = object as Pod
  const limits = store.list(limitRanges, pod.metadata.namespace).flatMap(range => range.spec.limits ?? [])
  for (const limit of limits.filter(limit => limit.type === 'Container')) {
    for (const container of pod.spec?.containers ?? []) {
      const { requests, limits: given } = container.resources ?? {}
      container.resources = {
        ...container.resources,
        ...(limit.default || given ? { limits: { ...limit.default, ...given } } : {}),
        ...(limit.defaultRequest || requests ? { requests: { ...limit.defaultRequest, ...requests } } : {}),
      }
      for (const [name, max] of Object.entries(limit.max ?? {}))
        if (quantityOr0(container.resources.limits?.[name]) > quantityOr0(max))
          throw forbiddenError(
            kind,
            pod.metadata.name,
            `maximum ${name} usage per Container is ${max}, but limit is ${container.resources.limits?.[name]}`,
          )
      for (const [name, min] of Object.entries(limit.min ?? {}))
        if (quantityOr0(container.resources.requests?.[name]) < quantityOr0(min))
          throw forbiddenError(
            kind,
            pod.metadata.name,
            `minimum ${name} usage per Container is ${min}, but request is ${container.resources.requests?.[name] ?? 0}`,
          )
    }
  }
}

import { isDeepStrictEqual } from 'node:util'
import { type PodTemplate, setPodSpecDefaults } from '../core/pods/pod-spec.ts'
import { validatePodSpec } from '../core/pods/validate-pod-spec.ts'
import { invalid, required } from '../meta/field-error.ts'
import type { Condition, KubeObject, LabelSelector } from '../meta/kube-object.ts'
import { formatSelector, matchesSelector } from '../meta/label-selector.ts'
import type { Column, FieldError } from '../meta/resource-kind.ts'
import { validateLabels } from '../meta/validate-names.ts'

/** The spec that Deployments, ReplicaSets, StatefulSets and DaemonSets have in common. */
export type Workload = KubeObject & {
  spec: { replicas?: number; selector: LabelSelector; template: PodTemplate; [field: string]: unknown }
  status: { conditions?: Condition[]; [field: string]: unknown }
}

/** Sets the defaults of a pod template. */
export function setTemplateDefaults(template: PodTemplate | undefined): void {
  if (!template?.spec) return
  template.metadata ??= {}
  setPodSpecDefaults(template.spec)
}

/** Validates selector, template and replicas, and changes to them. Selectors are immutable in apps/v1. */
export function validateWorkload(object: Workload, previous: Workload | undefined): FieldError[] {
  const { replicas, selector, template } = object.spec ?? {}
  const errors: FieldError[] = []
  if (replicas !== undefined && (!Number.isInteger(replicas) || replicas < 0))
    errors.push(invalid('spec.replicas', replicas, 'must be greater than or equal to 0'))
  if (!selector) errors.push(required('spec.selector'))
  else if (isEmpty(selector))
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for deployment'))
  const labels = template?.metadata?.labels ?? {}
  if (selector && !isEmpty(selector) && !matchesSelector(selector, labels))
    errors.push(
      invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    )
  errors.push(...validateLabels('spec.template.labels', labels))
  errors.push(...validatePodSpec('spec.template.spec', template?.spec, ['Always']))
  if (previous && !isDeepStrictEqual(previous.spec.selector, selector))
    errors.push(invalid('spec.selector', selector, 'field is immutable'))
  return errors
}

function isEmpty(selector: LabelSelector): boolean {
  return (
    Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
  )
}

/** Returns the wide columns containers, images and selector. */
export function templateColumns<T extends Workload>(): Column<T>[] {
  return [
    {
      name: 'Containers',
      priority: 1,
      read: object => object.spec.template.spec.containers.map(container => container.name).join(','),
    },
    {
      name: 'Images',
      priority: 1,
      read: object => object.spec.template.spec.containers.map(container => container.image).join(','),
    },
    { name: 'Selector', priority: 1, read: object => formatSelector(object.spec.selector) },
  ]
}

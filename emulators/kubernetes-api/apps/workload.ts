import { isDeepStrictEqual } from 'node:util'
import { type PodTemplate, setPodSpecDefaults } from '../core/pods/pod-spec.ts'
import { validatePodSpec } from '../core/pods/validate-pod-spec.ts'
import { invalid, required } from '../meta/field-error.ts'
import type { Condition, KubeObject, LabelSelector } from '../meta/kube-object.ts'
import { matchesSelector, selectorText } from '../meta/label-selector.ts'
import type { Column, Fault } from '../meta/resource-kind.ts'
import { labelFaults } from '../meta/validate-names.ts'

/** What Deployments, ReplicaSets, StatefulSets and DaemonSets share. */
export type Workload = KubeObject & {
  spec: { replicas?: number; selector: LabelSelector; template: PodTemplate; [field: string]: unknown }
  status: { conditions?: Condition[]; [field: string]: unknown }
}

/** Fills in a pod template. */
export function setTemplateDefaults(template: PodTemplate | undefined): void {
  if (!template?.spec) return
  template.metadata ??= {}
  setPodSpecDefaults(template.spec)
}

/** Faults of selector, template and replicas, and of their change. Selectors can not be changed in apps/v1. */
export function workloadFaults(object: Workload, previous: Workload | undefined): Fault[] {
  const { replicas, selector, template } = object.spec ?? {}
  const faults: Fault[] = []
  if (replicas !== undefined && (!Number.isInteger(replicas) || replicas < 0))
    faults.push(invalid('spec.replicas', replicas, 'must be greater than or equal to 0'))
  if (!selector) faults.push(required('spec.selector'))
  else if (isEmpty(selector))
    faults.push(invalid('spec.selector', selector, 'empty selector is invalid for deployment'))
  const labels = template?.metadata?.labels ?? {}
  if (selector && !isEmpty(selector) && !matchesSelector(selector, labels))
    faults.push(
      invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    )
  faults.push(...labelFaults('spec.template.labels', labels))
  faults.push(...validatePodSpec('spec.template.spec', template?.spec, ['Always']))
  if (previous && !isDeepStrictEqual(previous.spec.selector, selector))
    faults.push(invalid('spec.selector', selector, 'field is immutable'))
  return faults
}

function isEmpty(selector: LabelSelector): boolean {
  return (
    Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
  )
}

/** The wide columns containers, images and selector. */
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
    { name: 'Selector', priority: 1, read: object => selectorText(object.spec.selector) },
  ]
}

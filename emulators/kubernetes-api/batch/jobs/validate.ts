import { isDeepStrictEqual } from 'node:util'
import { validatePodSpec } from '../../core/pods/validate-pod-spec.ts'
import { invalid, required } from '../../meta/field-error.ts'
import type { Fault } from '../../meta/resource-kind.ts'
import type { JobSpec } from './kind.ts'

export function immutableFaults(spec: JobSpec, before: JobSpec): Fault[] {
  const fixed = ['template', 'selector', 'completionMode', 'backoffLimitPerIndex', 'podFailurePolicy']
  // An indexed job may grow and shrink if both numbers go together.
  const isElastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism
  return [...fixed, ...(isElastic ? [] : ['completions'])]
    .filter(field => !isDeepStrictEqual(spec[field], before[field]))
    .map(field => invalid(`spec.${field}`, spec[field], 'field is immutable'))
}

/** Faults of a job's spec at `path`. A job's pods may not restart for ever. */
export function jobSpecFaults(path: string, spec: JobSpec | undefined): Fault[] {
  if (!spec?.template) return [required(`${path}.template`)]
  const given = spec.template.spec?.restartPolicy
  const faults = validatePodSpec(`${path}.template.spec`, { ...spec.template.spec, restartPolicy: 'Never' })
  if (given !== 'OnFailure' && given !== 'Never')
    faults.push(required(`${path}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'))
  if (spec.completionMode === 'Indexed' && spec.completions === undefined)
    faults.push(required(`${path}.completions`, 'when completion mode is Indexed'))
  return faults
}

import { isDeepStrictEqual } from 'node:util'
import { validatePodSpec } from '../../core/pods/validate-pod-spec.ts'
import { invalid, required } from '../../meta/field-error.ts'
import type { FieldError } from '../../meta/resource-kind.ts'
import type { JobSpec } from './job.ts'

export function validateJobUpdate(spec: JobSpec, before: JobSpec): FieldError[] {
  const fixed = ['template', 'selector', 'completionMode', 'backoffLimitPerIndex', 'podFailurePolicy']
  // An indexed job may be resized if both numbers change together.
  const isElastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism
  return [...fixed, ...(isElastic ? [] : ['completions'])]
    .filter(field => !isDeepStrictEqual(spec[field], before[field]))
    .map(field => invalid(`spec.${field}`, spec[field], 'field is immutable'))
}

/** Validates a job's spec at `path`. Pods of a job may not have the restart policy Always. */
export function validateJobSpec(path: string, spec: JobSpec | undefined): FieldError[] {
  if (!spec?.template) return [required(`${path}.template`)]
  const given = spec.template.spec?.restartPolicy
  const errors = validatePodSpec(`${path}.template.spec`, { ...spec.template.spec, restartPolicy: 'Never' })
  if (given !== 'OnFailure' && given !== 'Never')
    errors.push(required(`${path}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'))
  if (spec.completionMode === 'Indexed' && spec.completions === undefined)
    errors.push(required(`${path}.completions`, 'when completion mode is Indexed'))
  return errors
}

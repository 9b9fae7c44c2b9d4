import { isDeepStrictEqual } from 'node:util'
import { validatePodSpec } from '../../core/pods/validate-pod-spec.ts'
import { invalid, required } from '../../meta/field-error.ts'
import type { FieldError } from '../../meta/resource-kind.ts'
import type { Job, JobSpec } from './job.ts'

/**
 * Validates a change of a job's spec. While a job waits to be started for the first time, a queueing controller may
 * still direct where its pods go. Source: Kubernetes, "Mutable Scheduling Directives".
 */
export function validateJobUpdate({ spec }: Job, previous: Job): FieldError[] {
  const isWaiting = previous.spec.suspend === true && previous.status.startTime === undefined
  const before = previous.spec
  const fixed = ['template', 'selector', 'completionMode', 'backoffLimitPerIndex', 'podFailurePolicy']
  // An indexed job may be resized if both numbers change together.
  const isElastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism
  return [...fixed, ...(isElastic ? [] : ['completions'])]
    .filter(field =>
      field === 'template' && isWaiting
        ? !isDeepStrictEqual(fixedPartOf(spec.template), fixedPartOf(before.template))
        : !isDeepStrictEqual(spec[field], before[field]),
    )
    .map(field => invalid(`spec.${field}`, spec[field], 'field is immutable'))
}

function fixedPartOf({ metadata, spec, ...template }: JobSpec['template']): unknown {
  const { labels: _, annotations: __, ...rest } = metadata ?? {}
  const { nodeSelector, tolerations, affinity, schedulingGates, ...pod } = spec ?? {}
  return { ...template, metadata: rest, spec: pod }
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

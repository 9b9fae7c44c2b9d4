import { invalid, unsupported } from '../../meta/field-error.ts'
import type { FieldError } from '../../meta/resource-kind.ts'
import type { DeploymentSpec } from './deployment.ts'

export function validateStrategy(spec: DeploymentSpec | undefined): FieldError[] {
  if (!spec?.strategy) return []
  const { type, rollingUpdate } = spec.strategy
  if (!['Recreate', 'RollingUpdate'].includes(type))
    return [unsupported('spec.strategy.type', type, ['Recreate', 'RollingUpdate'])]
  if (type === 'Recreate' && rollingUpdate)
    return [
      {
        field: 'spec.strategy.rollingUpdate',
        reason: 'FieldValueForbidden',
        message: "Forbidden: may not be specified when strategy `type` is 'Recreate'",
      },
    ]
  if (!rollingUpdate) return []
  const errors = (['maxUnavailable', 'maxSurge'] as const)
    .filter(name => !isCountOrPercent(rollingUpdate[name]))
    .map(name =>
      invalid(
        `spec.strategy.rollingUpdate.${name}`,
        rollingUpdate[name],
        "must be an integer or percentage (e.g '5%%')",
      ),
    )
  const percent = /^(\d+)%$/.exec(String(rollingUpdate.maxUnavailable))?.[1]
  if (percent && Number(percent) > 100)
    errors.push(
      invalid(
        'spec.strategy.rollingUpdate.maxUnavailable',
        rollingUpdate.maxUnavailable,
        'must not be greater than 100%',
      ),
    )
  const isZero = (value: number | string) => value === 0 || value === '0%'
  if (isZero(rollingUpdate.maxSurge) && isZero(rollingUpdate.maxUnavailable))
    errors.push(
      invalid(
        'spec.strategy.rollingUpdate.maxUnavailable',
        rollingUpdate.maxUnavailable,
        'may not be 0 when `maxSurge` is 0',
      ),
    )
  if ((spec.progressDeadlineSeconds ?? 0) <= (spec.minReadySeconds ?? 0))
    errors.push(
      invalid(
        'spec.progressDeadlineSeconds',
        spec.progressDeadlineSeconds,
        'must be greater than minReadySeconds',
      ),
    )
  return errors
}

function isCountOrPercent(value: number | string): boolean {
  return typeof value === 'number' ? Number.isInteger(value) && value >= 0 : /^\d+%$/.test(value)
}

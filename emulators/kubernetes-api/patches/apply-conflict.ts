import type { ManagedFields } from '../meta/kube-object.ts'
import { StatusError } from '../registry/status-error.ts'
import type { Path } from './field-set.ts'

/** A field that a manager applies and another one owns with another value. */
export type Conflict = { path: Path; owner: ManagedFields }

/**
 * Creates a 409 for an apply, with the API server's message. Source: k8s.io/apimachinery util/managedfields,
 * NewConflictError.
 */
export function applyConflict(conflicts: Conflict[]): StatusError {
  const details = {
    causes: conflicts.map(({ path, owner }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${ownerText(owner)}`,
      field: pathText(path),
    })),
  }
  return new StatusError(409, 'Conflict', messageOf(conflicts), details)
}

function messageOf(conflicts: Conflict[]): string {
  const [first] = conflicts
  if (first && conflicts.length === 1)
    return `Apply failed with 1 conflict: conflict with ${ownerText(first.owner)}: ${pathText(first.path)}`
  const byOwner = Map.groupBy(conflicts, ({ owner }) => ownerText(owner))
  const lines = [...byOwner].flatMap(([owner, theirs]) => [
    `conflicts with ${owner}:`,
    ...theirs.map(({ path }) => `- ${pathText(path)}`),
  ])
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`
}

function ownerText({ manager, operation, apiVersion, subresource }: ManagedFields): string {
  const name = `"${manager}"${subresource ? ` with subresource "${subresource}"` : ''}`
  return operation === 'Update' ? `${name} using ${apiVersion}` : name
}

function pathText(path: Path): string {
  return path
    .map(step => {
      if (step.startsWith('f:')) return `.${step.slice(2)}`
      return step.startsWith('k:') ? `[${step.slice(3, -1).replaceAll(':', '=')}]` : `[${step.slice(2)}]`
    })
    .join('')
}

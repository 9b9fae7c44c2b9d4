import { createRequire } from 'node:module'
import type { CelInput } from '@bufbuild/cel'
import { z } from 'zod'
import { type KubeObject, ofKind } from './rendered.ts'
import { ROOT } from './source-files.ts'

// CEL is a dependency of the workspace `tools`.
const require = createRequire(`${ROOT}tools/package.json`)
const { run, isCelError }: typeof import('@bufbuild/cel') = require('@bufbuild/cel')
const { strings }: typeof import('@bufbuild/cel/ext') = require('@bufbuild/cel/ext')

const Expression = z.looseObject({ expression: z.string() })
const Policy = z.looseObject({
  spec: z.looseObject({
    variables: z.array(Expression.extend({ name: z.string() })).default([]),
    validations: z.array(Expression.extend({ message: z.string() })),
  }),
})

/**
 * Returns the messages with which a ValidatingAdmissionPolicy rejects a change. A failing expression rejects, as in
 * Kubernetes.
 */
export function admits(objects: KubeObject[], change: { object: object; oldObject: object }): string[] {
  const [policy] = ofKind(objects, 'ValidatingAdmissionPolicy', Policy)
  if (!policy) throw new Error('The objects contain no ValidatingAdmissionPolicy.')
  const bindings: Record<string, unknown> = { ...withWholeNumbers(change) }
  const ask = (expression: string) =>
    run(expression, bindings as Record<string, CelInput>, { funcs: strings })
  const variables: Record<string, unknown> = {}
  for (const { name, expression } of policy.spec.variables) variables[name] = ask(expression)
  bindings.variables = variables
  return policy.spec.validations
    .filter(({ expression }) => {
      const answer = ask(expression)
      return isCelError(answer) || answer !== true
    })
    .map(({ message }) => message)
}

// CEL distinguishes integers from fractions, JSON does not: a whole number becomes an integer, as in the API server.
function withWholeNumbers(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value), (_key, item) => (Number.isInteger(item) ? BigInt(item) : item))
}

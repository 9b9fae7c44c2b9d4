import { createRequire } from 'node:module'
import type { CelInput } from '@bufbuild/cel'
import { z } from 'zod'
import { type KubeObject, ofKind } from './rendered.ts'
import { ROOT } from './source-files.ts'

// CEL is a dependency of the tools' workspace.
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

/** The messages of what a ValidatingAdmissionPolicy refuses in a change. An expression that fails refuses, as in Kubernetes. */
export function admits(objects: KubeObject[], change: { object: object; oldObject: object }): string[] {
  const [policy] = ofKind(objects, 'ValidatingAdmissionPolicy', Policy)
  if (!policy) throw new Error('there is no ValidatingAdmissionPolicy')
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

// CEL tells integers from fractions, JSON does not: what the API server reads as an integer is one here too.
function withWholeNumbers(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value), (_key, item) => (Number.isInteger(item) ? BigInt(item) : item))
}

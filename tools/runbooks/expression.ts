import { type CelInput, isCelError, isCelList, isCelMap, isCelUint, parse, run } from '@bufbuild/cel'

/** The names that a CEL expression reads from outside. Throws an Error if it does not parse. */
export function namesIn(expression: string): Set<string> {
  const names = new Set<string>()
  collect(parse(expression).expr, new Set(), names)
  return names
}

/** Evaluates a CEL expression on these values; undefined if it fails or yields null. Only true, numbers and strings are returned. */
export function evaluate(
  expression: string,
  values: Record<string, unknown>,
): boolean | number | string | undefined {
  const answer = run(expression, values as Record<string, CelInput>)
  if (isCelError(answer) || isCelList(answer) || isCelMap(answer)) return undefined
  if (typeof answer === 'bigint') return Number(answer)
  if (isCelUint(answer)) return Number(answer.value)
  if (typeof answer === 'number') return Number.isFinite(answer) ? answer : undefined
  return typeof answer === 'boolean' || typeof answer === 'string' ? answer : undefined
}

type Node = NonNullable<ReturnType<typeof parse>['expr']>

// A comprehension (`all`, `exists`, `filter`, …) introduces variables of its own, which are not inputs.
function collect(node: Node | undefined, own: Set<string>, names: Set<string>): void {
  const kind = node?.exprKind
  if (kind === undefined) return
  if (kind.case === 'identExpr' && !own.has(kind.value.name)) names.add(kind.value.name)
  if (kind.case === 'selectExpr') collect(kind.value.operand, own, names)
  if (kind.case === 'callExpr') {
    for (const part of [kind.value.target, ...kind.value.args]) collect(part, own, names)
  }
  if (kind.case === 'listExpr') for (const part of kind.value.elements) collect(part, own, names)
  if (kind.case === 'structExpr') for (const entry of kind.value.entries) collect(entry.value, own, names)
  if (kind.case === 'comprehensionExpr') {
    const { iterRange, accuInit, loopCondition, loopStep, result, iterVar, iterVar2, accuVar } = kind.value
    for (const part of [iterRange, accuInit]) collect(part, own, names)
    const inner = new Set([...own, iterVar, iterVar2, accuVar])
    for (const part of [loopCondition, loopStep, result]) collect(part, inner, names)
  }
}

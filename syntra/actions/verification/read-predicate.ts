import type { PredicateReading } from '@goalixa/agents/devops/verification/predicate'
import { digestOf } from '@goalixa/chassis/canonical-json'
import type { Reading } from '../actions.schema.ts'
import type { ToolExecutor } from '../execution/tool-executor.ts'
import { valueAt } from '../execution/value-at.ts'

/** Evaluates one predicate. `holds` is null where the value could not be read or is absent: unknown, neither good nor bad. */
export async function readPredicate(
  predicate: PredicateReading,
  toolExecutor: Pick<ToolExecutor, 'read'>,
  signal: AbortSignal,
): Promise<Omit<Reading, 'role'>> {
  const { message, tool, args, path, op, defaultValue } = predicate
  try {
    const result = await toolExecutor.read(tool, args, signal)
    const found = valueAt(result, path)
    const actual = found === undefined ? defaultValue : found
    const expected = predicate.valueAt === undefined ? predicate.value : valueAt(result, predicate.valueAt)
    if (actual === undefined) return { message, value: null, holds: null }
    const value = JSON.parse(JSON.stringify(actual))
    return { message, value, holds: expected === undefined ? null : compare(actual, op, expected) }
  } catch (error) {
    signal.throwIfAborted()
    return { message, value: error instanceof Error ? error.message.slice(0, 200) : null, holds: null }
  }
}

function compare(actual: unknown, op: PredicateReading['op'], expected: unknown): boolean | null {
  if (op === '==') return digestOf(actual) === digestOf(expected)
  if (op === '!=') return digestOf(actual) !== digestOf(expected)
  if (typeof actual !== 'number' || typeof expected !== 'number' || Number.isNaN(actual)) return null
  if (op === '<') return actual < expected
  if (op === '<=') return actual <= expected
  return op === '>' ? actual > expected : actual >= expected
}

import { AsyncLocalStorage } from 'node:async_hooks'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Cut } from './evidence.ts'

const scopes = new AsyncLocalStorage<{ cut: Cut[] }>()

/** Makes a read of which a part is enough, and returns what its clients left out of the answers. */
export async function withReadScope<T>(read: () => Promise<T>): Promise<{ result: T; cut: Cut[] }> {
  const scope = { cut: [] }
  return { result: await scopes.run(scope, read), cut: scope.cut }
}

/**
 * Reports what was left out of an answer. Outside of `withReadScope`, as before a write, a part is not enough to decide on:
 * throws `too-large` RESPONSE_TOO_LARGE.
 */
export function reportCut(system: string, cut: Cut[]): void {
  const [first] = cut
  if (first === undefined) return
  const scope = scopes.getStore()
  if (scope !== undefined) {
    scope.cut.push(...cut)
    return
  }
  const { path, unit, kept, total } = first
  throw new ExpectedError(
    'too-large',
    'RESPONSE_TOO_LARGE',
    `${system} sent more than can be read whole: ${path || 'the answer'} has ${total} ${unit}, expected at most ${kept}.`,
  )
}

import { ExpectedError, statusOf } from './errors.ts'

/** A dependency of a service; `check` resolves if it is usable and throws otherwise. */
export type ReadinessCheck = { name: string; check: (signal: AbortSignal) => Promise<void> }

const CHECK_TIMEOUT_MS = 2_000

/** Returns whether a service can accept requests, and the state of each dependency: `ok` or an error code. */
export async function checkReadiness(checks: ReadinessCheck[], isDraining: boolean) {
  const results = await Promise.all(
    checks.map(async ({ name, check }) => {
      const error = await check(AbortSignal.timeout(CHECK_TIMEOUT_MS)).then(() => undefined, reasonOf)
      return [name, error ?? 'ok'] as const
    }),
  )
  const isReady = !isDraining && results.every(([, result]) => result === 'ok')
  return {
    isReady,
    checks: Object.fromEntries([...results, ...(isDraining ? [['shutdown', 'draining'] as const] : [])]),
  }
}

function reasonOf(error: unknown): string {
  return error instanceof ExpectedError ? error.code : `HTTP_${statusOf('unavailable')}`
}

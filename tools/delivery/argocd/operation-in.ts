import type { RawApplication, RawOperation } from './raw-application.ts'

export type OperationIn = { operation: RawOperation; phase: string; message: string }

/** The last requested operation of an application, with its phase; undefined if none is known. */
export function operationIn({ operation, status }: RawApplication): OperationIn | undefined {
  const state = status?.operationState
  const asked = operation ?? state?.operation
  if (!asked) return undefined
  // Until the controller picks it up, a requested operation has no state.
  return { operation: asked, phase: state?.phase ?? 'Running', message: state?.message ?? '' }
}

/** Whether an operation is requested or running. */
export function isOperating({ operation, status }: RawApplication): boolean {
  return Boolean(operation) || isUnderWay(status?.operationState?.phase)
}

/** Whether only an automatic sync is being retried that has failed: turning auto-sync off does not stop that. */
export function isRetryOfAutoSync(app: RawApplication): boolean {
  const state = app.status?.operationState
  return (
    state?.phase === 'Running' &&
    (state.retryCount ?? 0) > 0 &&
    operationIn(app)?.operation.initiatedBy?.automated === true
  )
}

/** Whether a phase is not final. */
export function isUnderWay(phase: string | null | undefined): boolean {
  return phase === 'Running' || phase === 'Terminating'
}

import type { RawApplication, RawOperation } from './raw-application.ts'

export type OperationIn = { operation: RawOperation; phase: string; message: string }

/** The operation that an application was asked for last, with its phase; undefined if none is known. */
export function operationIn({ operation, status }: RawApplication): OperationIn | undefined {
  const state = status?.operationState
  const asked = operation ?? state?.operation
  if (!asked) return undefined
  // Until the controller takes it up, an operation that was asked for has no state.
  return { operation: asked, phase: state?.phase ?? 'Running', message: state?.message ?? '' }
}

/** Whether an operation was asked for or is under way. */
export function isOperating({ operation, status }: RawApplication): boolean {
  return Boolean(operation) || isUnderWay(status?.operationState?.phase)
}

/** Whether a phase is not an end. */
export function isUnderWay(phase: string | null | undefined): boolean {
  return phase === 'Running' || phase === 'Terminating'
}

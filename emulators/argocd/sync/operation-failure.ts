/** The reason an operation ends without success: Failed by what it applied, Error by what surrounds it. */
export class OperationFailure extends Error {
  override readonly name = 'OperationFailure'
  readonly phase: 'Failed' | 'Error'

  constructor(phase: 'Failed' | 'Error', message: string) {
    super(message)
    this.phase = phase
  }
}

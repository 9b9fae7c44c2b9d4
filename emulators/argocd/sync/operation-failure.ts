/** The reason why an operation fails: phase Failed because of an object, Error because of its environment. */
export class OperationFailure extends Error {
  override readonly name = 'OperationFailure'
  readonly phase: 'Failed' | 'Error'

  constructor(phase: 'Failed' | 'Error', message: string) {
    super(message)
    this.phase = phase
  }
}

export type FieldProblem = string | { resource: string; field?: string; code: string; message?: string }

/** An error of GitHub, with its status, its message and the invalid fields. */
export class GithubError extends Error {
  override readonly name = 'GithubError'
  readonly status: number
  readonly errors: readonly FieldProblem[]

  constructor(status: number, message: string, errors: readonly FieldProblem[] = []) {
    super(message)
    this.status = status
    this.errors = errors
  }
}

/** Creates a 404 with GitHub's message. */
export function notFound(message = 'Not Found') {
  return new GithubError(404, message)
}

/** Creates a 422 with the invalid fields. */
export function validationFailed(...errors: FieldProblem[]) {
  return new GithubError(422, 'Validation Failed', errors)
}

/** Creates a 422 with only a message. */
export function unprocessable(message: string) {
  return new GithubError(422, message)
}

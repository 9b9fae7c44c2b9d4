export type GithubFault = string | { resource: string; field?: string; code: string; message?: string }

/** A failure GitHub would answer, with its status, its message and the faulty fields. */
export class GithubError extends Error {
  override readonly name = 'GithubError'
  readonly status: number
  readonly errors: readonly GithubFault[]

  constructor(status: number, message: string, errors: readonly GithubFault[] = []) {
    super(message)
    this.status = status
    this.errors = errors
  }
}

/** 404 as GitHub says it. */
export function notFound(message = 'Not Found') {
  return new GithubError(404, message)
}

/** 422 with the faulty fields. */
export function validationFailed(...errors: GithubFault[]) {
  return new GithubError(422, 'Validation Failed', errors)
}

/** 422 with a sentence only. */
export function unprocessable(message: string) {
  return new GithubError(422, message)
}

import { readFileSync } from 'node:fs'
import { ExpectedError } from '@goalixa/chassis/errors'

/** PEM that is given as text or as the path of a file. Throws `unavailable` CONNECTION_FILE_UNREADABLE. */
export function readPem(given: string, what: string): string {
  return given.includes('-----BEGIN') ? given : readConnectionFile(given, what)
}

/** A file that belongs to a connection, such as a token. It is not cached, because such files are renewed in place. */
export function readConnectionFile(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException
    throw new ExpectedError(
      'unavailable',
      'CONNECTION_FILE_UNREADABLE',
      `${what} cannot be read: ${code} ${path}. Mount the file, or correct its path.`,
      { cause },
    )
  }
}

import type { Writable } from 'node:stream'

/** Ends a command quietly when the reader of its output closes the pipe, as `| head` does; throws any other write error. */
export function exitOnEpipe(output: Writable, exit: () => void): void {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    exit()
  })
}

import type { Writable } from 'node:stream'

/** Ends a command quietly when who reads it stops before the end, as `| head` does; other faults of the output are thrown. */
export function exitOnEpipe(output: Writable, exit: () => void): void {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    exit()
  })
}

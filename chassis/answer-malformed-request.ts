import type { Socket } from 'node:net'
import { createProblem } from './problem.ts'

const FAULTS: Record<string, [status: number, code: string, detail: string]> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'HEADERS_TOO_LARGE',
    'The address and the headers are larger than 16 KiB together.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'REQUEST_TIMEOUT', 'The request did not arrive completely in time.'],
}

/** Answers what is not HTTP, is too large or arrives too slowly, and so never becomes a request, with a problem, and closes the connection. */
export function answerMalformedRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  const [status, code, detail] = FAULTS[error.code ?? ''] ?? [
    400,
    'MALFORMED_REQUEST',
    'The request is not valid HTTP.',
  ]
  const problem = createProblem(status, code, detail)
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${status} ${problem.title}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

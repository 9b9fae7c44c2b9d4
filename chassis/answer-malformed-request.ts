import type { Socket } from 'node:net'
import { createProblem } from './problem.ts'

const FAULTS: Record<string, [status: number, code: string, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'HEADERS_TOO_LARGE', 'The URL and the headers together are larger than 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [
    408,
    'REQUEST_TIMEOUT',
    'The request did not arrive in full within the time limit.',
  ],
}

/** Answers bytes that never become a request (not HTTP, headers too large, too slow) with a problem, then closes the connection. */
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

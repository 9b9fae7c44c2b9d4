import type { ServerResponse } from 'node:http'

/** A complete response. Handlers that stream write to the response themselves. */
export type Reply = { code: number; body: string | Buffer; contentType?: string; warnings?: string[] }
export type Stream = (response: ServerResponse) => void | Promise<void>

/** Creates a JSON response. */
export function json(code: number, body: unknown): Reply {
  return { code, body: JSON.stringify(body) }
}

/** Sends a response. */
export function send(
  response: ServerResponse,
  { code, body, contentType = 'application/json', warnings = [] }: Reply,
): void {
  if (response.headersSent) {
    response.end()
    return
  }
  const headers: Record<string, string | string[]> = {
    'content-type': contentType,
    'cache-control': 'no-cache, private',
    'content-length': String(Buffer.byteLength(body)),
  }
  // Quotes inside must be escaped: Go clients parse the header strictly. Source: RFC 7234 section 5.5.
  if (warnings.length > 0) headers.warning = warnings.map(text => `299 - ${JSON.stringify(text)}`)
  response.writeHead(code, headers).end(body)
}

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP server in front of another one that counts the requests and the bytes of the responses' bodies. */
export async function startCountingProxy(target: string) {
  const count = { requests: 0, bytes: 0 }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers
    const answer = await fetch(target + request.url, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    })
    const body = Buffer.from(await answer.arrayBuffer())
    count.requests += 1
    count.bytes += body.length
    const type = answer.headers.get('content-type')
    response.writeHead(answer.status, type === null ? {} : { 'content-type': type }).end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What went through since the last call. */
    take(): { requests: number; bytes: number } {
      const taken = { ...count }
      Object.assign(count, { requests: 0, bytes: 0 })
      return taken
    },
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

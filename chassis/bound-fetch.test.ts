import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { boundFetch } from './bound-fetch.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections()
})

test('counts the bytes after decompression, so that a small answer cannot become a huge one', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  )
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const response = await boundFetch('The issuer', 100_000)(url)
  expect(bomb.length).toBeLessThan(100_000)
  await expect(response.text()).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' })
  expect(await (await boundFetch('The issuer', 50_000_000)(url)).text()).toHaveLength(50_000_000)
})

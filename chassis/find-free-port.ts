import { createServer } from 'node:net'

/** Returns a TCP port of the address that nothing currently listens on. */
export function findFreePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, host, () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error(`No port of ${host} was assigned.`)),
      )
    })
  })
}

import { connect, createServer } from 'node:net'

type Address = { host: string; port: number }

/** Forwards TCP connections from one address of this machine to another. Returns a function that stops it. */
export async function forwardPort(from: Address, to: Address): Promise<() => void> {
  const server = createServer(client => {
    const target = connect(to)
    client.pipe(target).pipe(client)
    for (const [socket, peer] of [
      [client, target],
      [target, client],
    ] as const)
      socket.on('error', () => peer.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(from, resolve)
  })
  server.unref()
  return () => {
    server.close()
  }
}

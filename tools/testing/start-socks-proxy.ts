import { type AddressInfo, connect, createServer } from 'node:net'

/** A real SOCKS5 proxy without authentication (RFC 1928), that leads each name to a port of 127.0.0.1. `seen` lists the names. */
export async function startSocksProxy(hosts: Record<string, number>) {
  const seen: string[] = []
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]))
      socket.once('data', request => {
        // Version, command, reserved, address type 3 (a name), its length, the name.
        const name = request.subarray(5, 5 + (request[4] ?? 0)).toString()
        seen.push(name)
        const target = connect(hosts[name] ?? 1, '127.0.0.1', () => {
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
          target.pipe(socket).pipe(target)
        })
        target.on('error', () => socket.destroy())
        socket.on('close', () => target.destroy())
      })
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}

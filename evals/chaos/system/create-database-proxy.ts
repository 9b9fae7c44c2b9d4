import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'

/** What happens to the bytes between a process and PostgreSQL: they pass, arrive late, or are kept until `pass`. */
export type DatabaseTraffic = { mode: 'pass' } | { mode: 'slow'; delayMs: number } | { mode: 'hold' }

/** A TCP proxy between one process and PostgreSQL. It also knows which sessions are that process's. */
export async function createDatabaseProxy(upstreamPort: number) {
  const pairs = new Set<{ client: Socket; upstream: Socket }>()
  let traffic: DatabaseTraffic = { mode: 'pass' }
  const held: (() => void)[] = []
  const server = createServer(client => {
    const upstream = createConnection({ port: upstreamPort, host: '127.0.0.1' })
    const pair = { client, upstream }
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
    forward(client, upstream)
    forward(upstream, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    set(next: DatabaseTraffic) {
      traffic = next
      if (next.mode !== 'hold') for (const release of held.splice(0)) release()
    },
    /** The local ports of its sessions, as pg_stat_activity names them (`client_port`). */
    sessionPorts: () => [...pairs].flatMap(({ upstream }) => upstream.localPort ?? []),
    async stop() {
      for (const { client, upstream } of pairs) {
        client.destroy()
        upstream.destroy()
      }
      server.close()
      await once(server, 'close')
    },
  }

  // Chunks stay in order: each waits for the one before it.
  function forward(from: Socket, to: Socket) {
    let last = Promise.resolve()
    from.on('data', chunk => {
      if (traffic.mode === 'pass' && held.length === 0) {
        const before = last
        last = before.then(() => void (to.destroyed || to.write(chunk)))
        return
      }
      const isReleased = passage()
      last = last.then(() => isReleased).then(() => void (to.destroyed || to.write(chunk)))
    })
  }

  function passage(): Promise<void> {
    if (traffic.mode === 'hold') return new Promise(resolve => held.push(resolve))
    const delayMs = traffic.mode === 'slow' ? traffic.delayMs : 0
    return new Promise(resolve => setTimeout(resolve, delayMs))
  }
}

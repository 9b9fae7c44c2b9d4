import net from 'node:net'
import type { Log } from '@goalixa/chassis/log'

type Target = { address: string; port: number }

/** One cluster IP and port. It is open only while it has targets; `use` changes them for connections to come. */
export function listenForPort({ host, port, log }: { host: string; port: number; log: Log }) {
  const sockets = new Set<net.Socket>()
  let targets: Target[] = []
  let turn = 0
  let server: net.Server | undefined
  let retry: NodeJS.Timeout | undefined

  function open() {
    clearTimeout(retry)
    const opened = net.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, client => {
      const target = targets[turn++ % targets.length]
      if (!target) return client.resetAndDestroy()
      join(client, target, sockets)
    })
    opened.on('error', error => {
      log.error({ host, port, reason: error.message }, 'service port can not be opened')
      if (server === opened) server = undefined
      retry = setTimeout(() => targets.length > 0 && !server && open(), 2_000)
      retry.unref()
    })
    opened.listen({ host, port })
    server = opened
  }

  function shut() {
    clearTimeout(retry)
    server?.close()
    server = undefined
  }

  return {
    use(next: Target[]) {
      targets = next
      if (targets.length > 0 && !server) open()
      if (targets.length === 0) shut()
    },
    close() {
      shut()
      for (const socket of sockets) socket.destroy()
    },
  }
}
export type PortListener = ReturnType<typeof listenForPort>

function join(client: net.Socket, { address, port }: Target, sockets: Set<net.Socket>) {
  const upstream = net.connect({ host: address, port, allowHalfOpen: true, noDelay: true })
  let isConnected = false
  upstream.once('connect', () => {
    isConnected = true
    client.pipe(upstream)
    upstream.pipe(client)
    client.resume()
  })
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    sockets.add(one)
    // In a cluster the client would meet the endpoint's refusal itself; a reset is the nearest a proxy can come.
    one.on('error', () => (isConnected ? other.destroy() : client.resetAndDestroy()))
    one.once('close', () => {
      sockets.delete(one)
      if (one.errored || !one.readableEnded) other.destroy()
    })
  }
}

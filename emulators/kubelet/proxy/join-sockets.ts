import net from 'node:net'

type Options = {
  client: net.Socket
  target: { address: string; port: number }
  /** Holds both sockets while they are open. */
  sockets: Set<net.Socket>
  /** Called if nothing listens at the target. */
  onRefused: () => void
}

/** Connects a paused client to a target; bytes, ends and errors pass in both directions. */
export function joinSockets({ client, target, sockets, onRefused }: Options): void {
  const upstream = net.connect({
    host: target.address,
    port: target.port,
    allowHalfOpen: true,
    noDelay: true,
  })
  let isConnected = false
  upstream.once('connect', () => {
    isConnected = true
    client.pipe(upstream)
    upstream.pipe(client)
    client.resume()
  })
  upstream.once('error', error => {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') onRefused()
  })
  for (const [socket, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    sockets.add(socket)
    // In a real cluster the endpoint itself refuses the client; a reset is the closest that a proxy can come.
    socket.on('error', () => (isConnected ? other.destroy() : client.resetAndDestroy()))
    socket.once('close', () => {
      sockets.delete(socket)
      if (socket.errored || !socket.readableEnded) other.destroy()
    })
  }
}

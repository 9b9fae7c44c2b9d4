import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Tracks a server's connections; the returned function closes those that never carried a request. Node does not count
 * them as idle, and a client that opens one in advance (browsers and pools do) would delay the shutdown.
 */
export function trackUnusedConnections(server: Server): () => void {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
  }
}

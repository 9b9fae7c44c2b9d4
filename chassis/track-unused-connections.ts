import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Watches a server's connections; the returned function ends those on which nothing was ever asked. Node does not count
 * these as idle, and a client that opens one in advance (browsers and pools do) would hold up the end of the process.
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

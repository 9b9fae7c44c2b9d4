import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** The first byte of every TLS connection: a handshake record. Source: RFC 8446 section 5.1. */
const TLS_HANDSHAKE = 0x16

type Options = { host: string; port: number; key: string; cert: string; listener: RequestListener }

/** Creates a server that accepts HTTP and HTTPS on one port, distinguished by the first byte from the client. */
export function createHttpAndHttpsServer({ host, port, key, cert, listener }: Options) {
  const http = createHttpServer(listener)
  const https = createHttpsServer({ key, cert }, listener)
  const sockets = new Set<Socket>()
  for (const server of [http, https]) {
    // A watch is idle until something changes.
    server.requestTimeout = 0
    server.keepAliveTimeout = 60_000
  }
  const front = createServer(socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // A connection reset by the client is not a server error.
    socket.on('error', () => socket.destroy())
    socket.once('data', first => {
      socket.pause()
      socket.unshift(first)
      const server = first[0] === TLS_HANDSHAKE ? https : http
      server.emit('connection', socket)
      process.nextTick(() => socket.resume())
    })
  })

  return {
    /** Resolves with the port. */
    async listen(): Promise<number> {
      await new Promise<void>((resolve, reject) => {
        front.once('error', reject)
        front.listen(port, host, resolve)
      })
      return (front.address() as AddressInfo).port
    },
    async close(): Promise<void> {
      const closed = new Promise(resolve => front.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

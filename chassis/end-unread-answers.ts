import type { Server } from 'node:http'
import type { Socket } from 'node:net'

// The app waits for 20 seconds in all. A system takes more of an answer once about a third of its send buffer is free again, so a client that can
// read the whole answer in that time takes something at least every seven seconds.
const STALLED_MS = 8_000

/**
 * Ends the connection of a client that takes nothing of its answer for eight seconds: the answer would stay in memory for as long as the client likes. Node
 * checks once in that time whether less is waiting than before, so it can take twice as long.
 */
export function endUnreadAnswers(server: Server): void {
  server.on('request', (_request, response) => {
    // Heard here, a timeout no longer ends the connection by itself.
    response.setTimeout(STALLED_MS).on('timeout', (socket: Socket) => {
      // Otherwise the handler is still working, or a stream has nothing new. A reset frees the send buffer of the system as well.
      if (socket.writableLength > 0) socket.resetAndDestroy()
    })
  })
}

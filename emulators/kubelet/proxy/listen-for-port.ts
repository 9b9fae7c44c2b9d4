import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '@goalixa/chassis/log'
import { joinSockets } from './join-sockets.ts'

export type Target = { address: string; port: number }

/**
 * Listens on one cluster IP and port. The port is open only while it has targets and one of them listens, so that
 * clients are refused where a real cluster would refuse them; only the connection that discovers this is reset instead.
 * `use` sets the targets of new connections.
 */
export function listenForPort({ host, port, log }: { host: string; port: number; log: Log }) {
  const sockets = new Set<net.Socket>()
  const state = { isClosed: false, isWaiting: false }
  let targets: Target[] = []
  let turn = 0
  let server: net.Server | undefined

  function open() {
    if (server || state.isClosed || state.isWaiting || targets.length === 0) return
    const opened = net.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, client => {
      const target = targets[turn++ % targets.length]
      if (target) joinSockets({ client, target, sockets, onRefused: waitForTarget })
      else client.resetAndDestroy()
    })
    opened.on('error', error => {
      log.error({ host, port, reason: error.message }, 'service port cannot be opened')
      if (server === opened) server = undefined
      setTimeout(open, 2_000).unref()
    })
    opened.listen({ host, port })
    server = opened
  }

  function shut() {
    server?.close()
    server = undefined
  }

  async function waitForTarget() {
    if (state.isWaiting) return
    state.isWaiting = true
    while (!state.isClosed && targets.length > 0 && !(await oneListens(targets))) {
      shut()
      await sleep(RETRY_MS, undefined, { ref: false })
    }
    state.isWaiting = false
    open()
  }

  return {
    use(next: Target[]) {
      targets = next
      if (targets.length === 0) shut()
      else open()
    },
    close() {
      state.isClosed = true
      shut()
      for (const socket of sockets) socket.destroy()
    },
  }
}
export type PortListener = ReturnType<typeof listenForPort>

const RETRY_MS = 250

async function oneListens(targets: Target[]): Promise<boolean> {
  const answers = await Promise.all(targets.map(listens))
  return answers.includes(true)
}

function listens({ address, port }: Target): Promise<boolean> {
  return new Promise(resolve => {
    const socket = net.connect({ host: address, port, timeout: 1_000 })
    socket.once('connect', () => resolve(true))
    // Only a refusal means that nothing listens; a slow response does not.
    socket.once('error', error => resolve((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED'))
    socket.once('timeout', () => resolve(true))
    for (const event of ['connect', 'timeout']) socket.once(event, () => socket.destroy())
  })
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ServiceConfig } from '@goalixa/chassis/config'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { buildPwa } from '../build-pwa.ts'
import { forward } from './forward.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Starts the built app and a BFF behind one origin, as the Ingress exposes them. It can be unplugged. */
export async function startSite({ folder, bff }: { folder: string; bff: Handler }) {
  let pwa = await startPwa(folder)
  let isUnplugged = false
  const server = createServer((request, response) => {
    if (isUnplugged) return void request.socket.destroy()
    if (request.url?.startsWith('/bff/')) bff(request, response)
    else forward(pwa.address, request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  return {
    origin,
    /** Cuts every connection from now on, like a lost network. */
    unplug() {
      isUnplugged = true
      server.closeAllConnections()
    },
    plugIn() {
      isUnplugged = false
    },
    /** Replaces the current build with another one. */
    async release(next: string) {
      const old = pwa
      pwa = await startPwa(next)
      await old.stop()
    },
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await pwa.stop()
    },
  }
}

async function startPwa(folder: string) {
  const config = ServiceConfig.parse({ PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'silent' })
  const log = createLog({ service: 'pwa', level: 'silent' })
  const service = await buildPwa({ config, log, metrics: createMetrics(), folder })
  const { address } = await service.start()
  return { address, stop: () => service.stop() }
}

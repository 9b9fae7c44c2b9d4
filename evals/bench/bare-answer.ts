import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import Fastify from 'fastify'

/** Starts the baseline for reads: an endpoint in its own thread that answers every request with this text. */
export async function startBareAnswer(text: string) {
  const worker = new Worker(new URL(import.meta.url), { workerData: text })
  const [url] = (await once(worker, 'message')) as [string]
  return { url: `${url}/answer`, stop: () => worker.terminate() }
}

if (!isMainThread && parentPort !== null) {
  const app = Fastify()
  app.get('/answer', async (_request, reply) => reply.type('application/json').send(workerData))
  parentPort.postMessage(await app.listen({ host: '127.0.0.1', port: 0 }))
}

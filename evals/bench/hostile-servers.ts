import { once } from 'node:events'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { HOSTILE_ANSWERS, startHostileServer } from '@goalixa/tools/testing/start-hostile-server'

/** Starts a server for each hostile answer, in a thread of their own; resolves with their addresses by the answer's name. */
export async function startHostileServers() {
  const worker = new Worker(new URL(import.meta.url))
  const [urls] = (await once(worker, 'message')) as [Record<string, string>]
  return { urls, stop: () => worker.terminate() }
}

if (!isMainThread && parentPort !== null) {
  const started = Object.entries(HOSTILE_ANSWERS).map(async ([name, answer]) => {
    const server = await startHostileServer()
    server.set(answer)
    return [name, server.url] as const
  })
  parentPort.postMessage(Object.fromEntries(await Promise.all(started)))
}

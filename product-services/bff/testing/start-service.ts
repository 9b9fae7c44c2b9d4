import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/**
 * Starts a service's `main.ts` as a separate process on free ports, as a pod would, for tests. Rejects with the output
 * if the process ends before it logs that it has started.
 */
export async function startService(name: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [`${ROOT}product-services/${name}/main.ts`], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: Record<string, unknown>[] = []
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve))
  const started = new Promise<{ address: string; metricsAddress: string }>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', text => {
        // A log line is JSON; a message for a person, such as an invalid setting, is not.
        const line = text.startsWith('{') ? JSON.parse(text) : { text }
        lines.push(line)
        if (line.msg === 'service started') resolve(line)
      })
    ended.then(code => reject(new Error(`${name} ended with ${code}: ${JSON.stringify(lines)}`)))
  })
  return {
    ...(await started),
    lines,
    /** Resolves with the exit code. */
    async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
      child.kill(signal)
      return ended
    },
  }
}

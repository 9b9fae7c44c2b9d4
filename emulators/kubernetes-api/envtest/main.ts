import { startTemporaryControlPlane } from './start-temporary-control-plane.ts'

// A real control plane until Ctrl-C, for anything that takes a kubeconfig.
const stopping = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
// Its programs are detached, and a signal handler alone does not keep a process alive.
const timer = setInterval(() => {}, 60_000)
try {
  const controlPlane = await startTemporaryControlPlane({ signal: stopping.signal })
  process.stdout.write(`export KUBECONFIG=${controlPlane.kubeconfig}\n`)
  if (!stopping.signal.aborted)
    await new Promise<void>(resolve => stopping.signal.addEventListener('abort', () => resolve()))
  await controlPlane.stop()
} catch (error) {
  if (!stopping.signal.aborted) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
clearInterval(timer)

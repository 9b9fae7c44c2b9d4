import { setTimeout as sleep } from 'node:timers/promises'
import type { Container } from '@goalixa/emulators-shared/kubernetes/objects'
import { type RunCommand, runProbe } from '../probes/run-probe.ts'
import type { RunningProcess } from './start-process.ts'

type Options = {
  process: RunningProcess
  container: Container
  graceMs: number
  podIp: string
  run: RunCommand
}

/**
 * Stops a container as Kubernetes does: preStop hook, SIGTERM, then SIGKILL when the grace period is over. The hook
 * counts towards the grace period, but the process gets at least two seconds.
 */
export async function stopProcess({ process, container, graceMs, podIp, run }: Options): Promise<void> {
  const startedAt = performance.now()
  const hook = container.lifecycle?.preStop
  if (hook?.sleep) await Promise.race([sleep(Math.min(hook.sleep.seconds * 1_000, graceMs)), process.exited])
  if (hook?.exec) await run(hook.exec.command ?? [], graceMs)
  if (hook?.httpGet)
    await runProbe(
      { httpGet: hook.httpGet, timeoutSeconds: graceMs / 1_000 },
      { podIp, ports: container.ports ?? [], run },
    )
  process.terminate()
  const leftMs = graceMs - (performance.now() - startedAt)
  const killTimer = setTimeout(process.kill, hook ? Math.max(leftMs, Math.min(2_000, graceMs)) : leftMs)
  await process.exited
  clearTimeout(killTimer)
}

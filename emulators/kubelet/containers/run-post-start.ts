import type { Container } from '@goalixa/emulators-shared/kubernetes/objects'
import { type RunCommand, runProbe } from '../probes/run-probe.ts'

/** Longer than any reasonable hook; Kubernetes has no limit. */
const TIMEOUT_SECONDS = 120

/** Runs a container's postStart hook, if it has one. Resolves with the error message, or undefined. */
export async function runPostStart(
  { lifecycle, ports = [] }: Container,
  { podIp, run }: { podIp: string; run: RunCommand },
): Promise<string | undefined> {
  const hook = lifecycle?.postStart
  if (!hook) return undefined
  if (hook.sleep) {
    const { seconds } = hook.sleep
    await new Promise(resolve => setTimeout(resolve, seconds * 1_000))
  }
  if (!hook.exec && !hook.httpGet) return undefined
  const { exec, httpGet } = hook
  const answer = await runProbe({ exec, httpGet, timeoutSeconds: TIMEOUT_SECONDS }, { podIp, ports, run })
  return answer.isOk ? undefined : answer.message
}

import type { Container, Probe } from '@goalixa/emulators-shared/kubernetes/objects'
import { type RunCommand, runProbe } from '../probes/run-probe.ts'
import { watchProbe } from '../probes/watch-probe.ts'

type Options = {
  container: Container
  podIp: string
  run: RunCommand
  onStarted: () => void
  onReady: (isReady: boolean) => void
  /** Called when the container has to be restarted. */
  onDead: (kind: 'liveness' | 'startup', probe: Probe) => void
  onFailure: (kind: string, message: string) => void
  signal: AbortSignal
}

/**
 * Runs a container's probes until the signal is aborted: the startup probe alone first, then liveness and readiness.
 */
export function watchContainerProbes(options: Options): void {
  const { container, podIp, run, onStarted, onReady, onDead, onFailure, signal } = options
  const { startupProbe, livenessProbe, readinessProbe } = container
  const ask = (probe: Probe) => () => runProbe(probe, { podIp, ports: container.ports ?? [], run })
  if (!startupProbe) {
    afterStart()
    return
  }
  const startup = new AbortController()
  void watchProbe({
    probe: startupProbe,
    ask: ask(startupProbe),
    isOkAtFirst: false,
    signal: AbortSignal.any([signal, startup.signal]),
    onFailure: message => onFailure('Startup', message),
    onChange: isOk => {
      startup.abort()
      if (isOk) afterStart()
      else onDead('startup', startupProbe)
    },
  })

  function afterStart() {
    onStarted()
    if (readinessProbe)
      void watchProbe({
        probe: readinessProbe,
        ask: ask(readinessProbe),
        isOkAtFirst: false,
        signal,
        onFailure: message => onFailure('Readiness', message),
        onChange: onReady,
      })
    else onReady(true)
    if (!livenessProbe) return
    const liveness = new AbortController()
    void watchProbe({
      probe: livenessProbe,
      ask: ask(livenessProbe),
      isOkAtFirst: true,
      signal: AbortSignal.any([signal, liveness.signal]),
      onFailure: message => onFailure('Liveness', message),
      onChange: isOk => {
        if (isOk) return
        liveness.abort()
        onDead('liveness', livenessProbe)
      },
    })
  }
}

import type { Container, Probe } from '@goalixa/emulators-shared/kubernetes/objects'
import { askProbe, type RunCommand } from '../probes/ask-probe.ts'
import { watchProbe } from '../probes/watch-probe.ts'

type Options = {
  container: Container
  podIp: string
  run: RunCommand
  onStarted: () => void
  onReady: (isReady: boolean) => void
  /** The container must be restarted. */
  onDead: (kind: 'liveness' | 'startup', probe: Probe) => void
  onFailure: (kind: string, says: string) => void
  signal: AbortSignal
}

/** Runs a container's probes until the signal: startup first, alone; then liveness and readiness. */
export function watchContainerProbes(options: Options): void {
  const { container, podIp, run, onStarted, onReady, onDead, onFailure, signal } = options
  const { startupProbe, livenessProbe, readinessProbe } = container
  const ask = (probe: Probe) => () => askProbe(probe, { podIp, ports: container.ports ?? [], run })
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
    onFailure: says => onFailure('Startup', says),
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
        onFailure: says => onFailure('Readiness', says),
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
      onFailure: says => onFailure('Liveness', says),
      onChange: isOk => {
        if (isOk) return
        liveness.abort()
        onDead('liveness', livenessProbe)
      },
    })
  }
}

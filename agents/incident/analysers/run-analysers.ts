import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Finding } from '../verdict.ts'
import { alerts } from './alerts.ts'
import type { Analyser } from './analyser.ts'
import { autoscaling } from './autoscaling.ts'
import { calls } from './calls.ts'
import { certificates } from './certificates.ts'
import { config } from './config.ts'
import { dependencies } from './dependencies.ts'
import { errors } from './errors.ts'
import { gateway } from './gateway.ts'
import { gitops } from './gitops.ts'
import { images } from './images.ts'
import { latency } from './latency.ts'
import { memory } from './memory.ts'
import { missingServices } from './missing-services.ts'
import { mounts } from './mounts.ts'
import { pods } from './pods.ts'
import { probes } from './probes.ts'
import { rollouts } from './rollouts.ts'
import { scheduling } from './scheduling.ts'
import { services } from './services.ts'
import { traffic } from './traffic.ts'

/** All fault families, in the order in which a person would look. */
const ANALYSERS: Analyser[] = [
  pods,
  rollouts,
  images,
  config,
  mounts,
  scheduling,
  probes,
  services,
  missingServices,
  memory,
  dependencies,
  certificates,
  latency,
  errors,
  calls,
  traffic,
  gateway,
  gitops,
  autoscaling,
  alerts,
]

/** What is true of a snapshot: each fact once, with the evidence that says so. */
export function runAnalysers(view: SnapshotView): Finding[] {
  const found = ANALYSERS.flatMap(analyser => analyser(view))
  for (const { code, evidence } of found)
    if (evidence.length === 0 || evidence.includes('')) throw new Error(`Finding ${code} cites no evidence.`)
  return found
}

import { classifyTarget, type TargetClass } from '../catalog/classify-target.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { App } from '../snapshot/objects/delivery-app.ts'
import type { Proposal } from './proposal.ts'

type Target = Pick<Proposal['target'], 'kind' | 'namespace' | 'name'>

/**
 * Environment and tier of a target with their sources, and the risk that follows: R3 on the user path of production, else R2.
 * A change of a whole application (`app`) reaches each of its workloads, and the one that needs the most care counts.
 */
export function classifyRisk(view: SnapshotView, target: Target, app: App | null = null) {
  const others = (app?.resources ?? []).filter(({ kind }) => WORKLOADS.has(kind))
  const [classification] = [target, ...others]
    .map(each => classifyTarget(view, each))
    .toSorted((a, b) => careOf(b) - careOf(a)) as [TargetClass, ...TargetClass[]]
  return { classification, risk: isUserPath(classification) ? 'R3' : 'R2' } satisfies Partial<Proposal>
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', 'Rollout'])

function careOf(classification: TargetClass): number {
  if (isUserPath(classification)) return 2
  return classification.environment.value === 'production' ? 1 : 0
}

function isUserPath({ environment, tier }: TargetClass): boolean {
  return environment.value === 'production' && tier.value === 'A'
}

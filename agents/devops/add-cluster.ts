import type { Scope } from '../snapshot/snapshot.ts'
import type { Choice } from './choice.ts'

/**
 * Adds to the target of a proposal the cluster that this Syntra serves; where the installation does not name it, the one that the alerts
 * name, with a warning that this may be another one.
 */
export function addCluster(
  choice: Choice,
  { cluster: served, alertsCluster }: Pick<Scope, 'cluster' | 'alertsCluster'>,
): Choice {
  const { proposal } = choice
  const cluster = served ?? alertsCluster
  if (proposal === null || cluster === undefined) return choice
  const warnings = served === undefined ? [...proposal.warnings, describeDoubt(cluster)] : proposal.warnings
  return { ...choice, proposal: { ...proposal, target: { ...proposal.target, cluster }, warnings } }
}

function describeDoubt(cluster: string): string {
  return `The alerts are of cluster ${cluster}, and no setting says which cluster this Syntra changes: check that it is this one, then set SYNTRA_CLUSTER.`
}

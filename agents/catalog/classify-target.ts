import { z } from 'zod'
import type { Located } from '../snapshot/index-evidence.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { stringMapAt } from '../snapshot/objects/json-path.ts'
import type { Scope } from '../snapshot/snapshot.ts'
import { toSingleLine } from '../snapshot/text/to-single-line.ts'
import { findEnvironmentRule } from './environment-rules.ts'
import { ENVIRONMENTS, environmentOf } from './environments.ts'

/** The labels of a namespace that name its environment. Syntra's own decides; of the other two, one that says production. */
export const ENVIRONMENT_LABELS = ['syntra.goalixa.com/environment', 'environment', 'env'] as const
/** A label or annotation of the workload, else a label of its namespace. */
export const TIER_LABEL = 'syntra.goalixa.com/tier'

/** Where a classification comes from. */
const Source = z.object({
  from: z.enum(['label', 'annotation', 'setting', 'name', 'default']),
  /** What was read there, such as `environment=staging`; empty for the default. */
  text: z.string(),
  /** Evidence id of the object that bears the label; null where it is no read. */
  evidence: z.string().nullable(),
})

/** How careful a change has to be, and how that is known. */
export const TargetClass = z.object({
  environment: Source.extend({ value: z.enum(ENVIRONMENTS) }),
  tier: Source.extend({ value: z.enum(['A', 'B']) }),
})
export type TargetClass = z.infer<typeof TargetClass>

/** What nothing classifies: tier A in production, because being wrong about that does no harm. */
export const UNCLASSIFIED: TargetClass = {
  environment: { value: 'production', from: 'default', text: '', evidence: null },
  tier: { value: 'A', from: 'default', text: '', evidence: null },
}

type Target = { kind: string; namespace: string | null; name: string }

/**
 * Environment and tier of what a change is made to; the only place that decides either. The environment comes from the labels
 * of the namespace, then from SYNTRA_ENVIRONMENTS, then from a word of the namespace's name. Without the labels, which may
 * say production, a name lowers nothing.
 */
export function classifyTarget(
  view: Pick<SnapshotView, 'scope' | 'objectNamed'>,
  target: Target,
): TargetClass {
  const namespace = view.objectNamed('Namespace', target.namespace ?? '')
  const found = view.objectNamed(target.kind, target.name)
  const workload = (found?.object.metadata.namespace ?? null) === target.namespace ? found : undefined
  return {
    environment:
      environmentByLabel(namespace) ??
      environmentBySetting(view.scope, target.namespace) ??
      (namespace === undefined ? null : environmentByName(target.namespace)) ??
      UNCLASSIFIED.environment,
    tier:
      tierOf(workload, 'annotation') ??
      tierOf(workload, 'label') ??
      tierOf(namespace, 'label') ??
      UNCLASSIFIED.tier,
  }
}

/** A word that names no environment is no licence: it counts as production, and the source shows the word. */
function environmentByLabel(namespace: Located | undefined): TargetClass['environment'] | null {
  if (namespace === undefined) return null
  const labels = stringMapAt(namespace.object, 'metadata.labels')
  const [own, ...generic] = ENVIRONMENT_LABELS.filter(label => labels[label] !== undefined)
  if (own === undefined) return null
  const environmentIn = (label: string) => environmentOf(labels[label] ?? '') ?? 'production'
  const label =
    own === ENVIRONMENT_LABELS[0]
      ? own
      : ([own, ...generic].find(name => environmentIn(name) === 'production') ?? own)
  const word = labels[label] ?? ''
  return {
    value: environmentIn(label),
    from: 'label',
    text: toSingleLine(`${label}=${word}`),
    evidence: namespace.evidence,
  }
}

function environmentBySetting(
  { environments = [] }: Scope,
  namespace: string | null,
): TargetClass['environment'] | null {
  const rule = namespace === null ? undefined : findEnvironmentRule(environments, namespace)
  if (rule === undefined) return null
  const text = `${rule.namespaces}=${rule.environment}`
  return { value: rule.environment, from: 'setting', text, evidence: null }
}

/** Whole words between hyphens, so that `devices` is not development. Where one of them is production, the others do not count. */
function environmentByName(namespace: string | null): TargetClass['environment'] | null {
  const words = (namespace ?? '').split('-')
  const found = words.flatMap(word => environmentOf(word) ?? [])
  // Also where it is numbered, as in `prod2-test`; a numbered word for another environment lowers nothing.
  const isProduction = words.some(word => environmentOf(word.replace(/\d+$/, '')) === 'production')
  const value = isProduction ? 'production' : found[0]
  return value === undefined ? null : { value, from: 'name', text: namespace ?? '', evidence: null }
}

function tierOf(located: Located | undefined, from: 'annotation' | 'label'): TargetClass['tier'] | null {
  if (located === undefined) return null
  const tier = stringMapAt(located.object, `metadata.${from}s`)[TIER_LABEL]
  if (tier === undefined) return null
  return {
    value: tier === 'B' ? 'B' : 'A',
    from,
    text: toSingleLine(`${TIER_LABEL}=${tier}`),
    evidence: located.evidence,
  }
}

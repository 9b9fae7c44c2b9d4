import { z } from 'zod'
import { upgradeNames } from '../legacy/upgrade-names.ts'
import { isSignalName } from '../signals/signals.ts'
import { Snapshot } from './snapshot.ts'

/** The form of the snapshots that are written from now on. Version 0.1 wrote none. */
const VERSION = 2

/** A snapshot in the form of a file. */
export const SnapshotFile = Snapshot.extend({ version: z.literal(VERSION) })
export type SnapshotFile = z.infer<typeof SnapshotFile>

/**
 * A snapshot from a file of this version or an earlier one. Series of signals that are no longer read become `other`, so that
 * citations of them still resolve; a part of an answer that was named in the question's id becomes a field.
 */
export const StoredSnapshot = z.preprocess(toCurrentForm, Snapshot)

/** The snapshot with the version of its form. */
export function toSnapshotFile(snapshot: Snapshot): SnapshotFile {
  return { version: VERSION, ...snapshot }
}

const Named = z.looseObject({ name: z.string() })

function toCurrentForm(value: unknown, context: z.RefinementCtx): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { version }: { version?: unknown } = value
  if (version !== undefined && version !== VERSION)
    context.addIssue({
      code: 'custom',
      path: ['version'],
      message: `Expected ${VERSION}, or no version in a file of Syntra 0.1; a later version of Syntra may have written this file`,
    })
  const snapshot: { series?: unknown } = version === undefined ? Object(upgradeNames(value)) : value
  return {
    ...snapshot,
    ...(Array.isArray(snapshot.series) ? { series: snapshot.series.map(withKnownName) } : {}),
  }
}

function withKnownName(series: unknown): unknown {
  const named = Named.safeParse(series)
  return !named.success || isSignalName(named.data.name) ? series : { ...named.data, name: 'other' }
}

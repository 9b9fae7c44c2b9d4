import { z } from 'zod'
import { isSignalName } from '../signals/signals.ts'
import { Snapshot } from './snapshot.ts'

const Named = z.looseObject({ name: z.string() })
const Read = z.looseObject({ evidence: z.string(), question: z.string() })

/**
 * A snapshot in a file of this version or an earlier one. Series of signals that are no longer read become `other`, so that
 * what cites them still finds them; a part of an answer that was named in the question's id becomes a field.
 */
export const StoredSnapshot = z.preprocess(toCurrentForm, Snapshot)

function toCurrentForm(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { series, unread, reads }: { series?: unknown; unread?: unknown; reads?: unknown } = value
  return {
    ...value,
    ...(Array.isArray(series) ? { series: series.map(withKnownName) } : {}),
    ...(Array.isArray(unread) && Array.isArray(reads)
      ? { unread: unread.map(lack => withPart(lack, reads)) }
      : {}),
  }
}

function withKnownName(series: unknown): unknown {
  const named = Named.safeParse(series)
  return !named.success || isSignalName(named.data.name) ? series : { ...named.data, name: 'other' }
}

/** A partial answer was read: its question is among the reads, and what follows it in the old id is the part. */
function withPart(lack: unknown, reads: unknown[]): unknown {
  const unread = Read.safeParse(lack)
  if (!unread.success) return lack
  const { evidence, question } = unread.data
  const read = reads
    .map(read => Read.safeParse(read).data)
    .find(read => read?.evidence === evidence && question.startsWith(`${read.question}/`))
  if (read === undefined) return lack
  return { ...unread.data, question: read.question, part: question.slice(read.question.length + 1) }
}

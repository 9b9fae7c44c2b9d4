import type { Change } from '../forge.ts'
import { readRef, writeRef } from '../git/read-refs.ts'
import { followRefChange } from './follow-ref-change.ts'

/** Points a ref at an object (null: takes it away) and lets pull requests and webhooks follow. */
export async function moveRef(change: Change, ref: string, sha: string | null): Promise<void> {
  const before = await readRef(change.directory, ref)
  await writeRef(change.directory, ref, sha)
  await followRefChange(change, { ref, before, after: sha })
}

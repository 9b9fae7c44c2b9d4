import { readRef, writeRef } from '../git/read-refs.ts'
import type { Change } from '../github-context.ts'
import { handleRefChange } from './handle-ref-change.ts'

/** Points a ref to an object (null deletes it), and updates pull requests and webhooks. */
export async function moveRef(change: Change, ref: string, sha: string | null): Promise<void> {
  const before = await readRef(change.directory, ref)
  await writeRef(change.directory, ref, sha)
  await handleRefChange(change, { ref, before, after: sha })
}

import type { ReadToolName } from '@goalixa/tools/catalog'
import { z } from 'zod'

const reading = {
  args: z.record(z.string(), z.json()),
  /** Dotted path into the tool's result, for example `object.metadata.resourceVersion`. */
  path: z.string(),
  /** What was read when the action was proposed. */
  value: z.json(),
}

/** A precondition of an approval: a read whose answer must still be the same when the action is executed. */
export const Precondition = z.discriminatedUnion('kind', [
  z.object({
    /** The object was not changed. Where it has a generation, changes of its status do not count. */
    kind: z.literal('object-unchanged'),
    tool: z.literal('kubernetes_get_object' satisfies ReadToolName),
    ...reading,
  }),
  z.object({
    /** Nothing was deployed since; `value` is the id of the newest deployment. */
    kind: z.literal('nothing-deployed'),
    tool: z.literal('delivery_list_history' satisfies ReadToolName),
    ...reading,
  }),
  z.object({
    /** No commit came into the application's own folder; `value` is the newest one. */
    kind: z.literal('nothing-committed'),
    tool: z.literal('forge_list_commits' satisfies ReadToolName),
    ...reading,
  }),
  z.object({
    /** The deploy system runs no operation on the application. */
    kind: z.literal('no-operation'),
    tool: z.literal('delivery_get_app' satisfies ReadToolName),
    ...reading,
  }),
  z.object({
    /** No sync window has closed. */
    kind: z.literal('sync-allowed'),
    tool: z.literal('delivery_read_sync_windows' satisfies ReadToolName),
    ...reading,
  }),
])
export type Precondition = z.infer<typeof Precondition>

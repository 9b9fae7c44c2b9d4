import { registerHooks } from 'node:module'
import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'
import { replaceSource } from './replace-source.ts'

// Preloaded into a worker (`node --import`): replaces source text while modules are loaded. CHAOS_PLANT holds the edits as JSON. No
// product code knows of it.
const Edit = z.object({ file: z.string(), find: z.string(), replace: z.string() })
const { CHAOS_PLANT } = readConfig(z.object({ CHAOS_PLANT: z.string() }))
const edits = new Map(
  z
    .array(Edit)
    .parse(JSON.parse(CHAOS_PLANT))
    .map(edit => [new URL(`../../../${edit.file}`, import.meta.url).href, edit]),
)

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const edit = edits.get(url)
    return edit === undefined ? loaded : { ...loaded, source: replaceSource(String(loaded.source), edit) }
  },
})

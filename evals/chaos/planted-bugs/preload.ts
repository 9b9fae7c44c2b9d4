import { registerHooks } from 'node:module'
import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'
import { replaceSource } from './replace-source.ts'

// Preloaded into a worker (`node --import`): replaces source text while modules are loaded. CHAOS_PLANTED_BUG holds the edits as JSON. No
// product code knows of it.
const Edit = z.object({ file: z.string(), find: z.string(), replace: z.string() })
const { CHAOS_PLANTED_BUG } = readConfig(z.object({ CHAOS_PLANTED_BUG: z.string() }))
const edits = Map.groupBy(
  z.array(Edit).parse(JSON.parse(CHAOS_PLANTED_BUG)),
  ({ file }) => new URL(`../../../${file}`, import.meta.url).href,
)

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const own = edits.get(url)
    return own === undefined
      ? loaded
      : {
          ...loaded,
          source: own.reduce((source, edit) => replaceSource(source, edit), String(loaded.source)),
        }
  },
})

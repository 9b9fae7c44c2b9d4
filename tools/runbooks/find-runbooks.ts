import { z } from 'zod'
import { defineTool } from '../tool.ts'
import { matchRunbooks } from './match-runbooks.ts'

/** The result of `runbooks_find`, best first; `faulty` are files that are not valid runbooks. */
export const FoundRunbooks = z.object({
  runbooks: z.array(z.object({ id: z.string(), title: z.string(), path: z.string() })),
  faulty: z.array(z.object({ path: z.string(), message: z.string() })),
})
export type FoundRunbooks = z.infer<typeof FoundRunbooks>

export const findRunbooks = defineTool({
  name: 'runbooks_find',
  description: 'Finds the runbooks written for an alert.',
  effect: 'read',
  input: z.strictObject({
    alertname: z.string().max(500),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  async run({ alertname, labels }, { runbooks: folder }, signal): Promise<FoundRunbooks> {
    const { runbooks, faulty } = await folder.load(signal)
    const found = matchRunbooks({ name: alertname, labels, symptoms: alertname }, runbooks)
    return { runbooks: found.map(({ id, title, path }) => ({ id, title, path })), faulty }
  },
})

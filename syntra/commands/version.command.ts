import { z } from 'zod'
import workspace from '../package.json' with { type: 'json' }
import { defineLocalCommand } from './define-command.ts'
import { paragraph } from './presentation/blocks.ts'

export const version = defineLocalCommand({
  name: 'version',
  summary: 'Print the version of this command line',
  effect: 'read',
  role: null,
  input: z.object({}),
  examples: [{ command: 'syntra version', explanation: 'the same as syntra --version' }],
  run: async () => ({ version: workspace.version }),
  present: result => [paragraph(result.version)],
})

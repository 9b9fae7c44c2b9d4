import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { list, paragraph, type Span } from './presentation/blocks.ts'

export const health = defineCommand({
  name: 'health',
  summary: 'Check whether Syntra is reachable and ready',
  details: 'Exits 1 if not.',
  effect: 'read',
  role: null,
  input: z.object({}),
  examples: [{ command: 'syntra health', explanation: 'also prints each readiness check' }],
  run: (_input, { api }) => api.readiness(),
  present: ({ status, url, checks }) => [
    paragraph([toSpan(status), `  ${url}`]),
    list(Object.entries(checks).map(([name, state]) => ({ marker: toSpan(state), text: name }))),
  ],
  isNegative: ({ status }) => status !== 'ok',
})

function toSpan(state: string): Span {
  return { text: state, tone: state === 'ok' ? 'success' : 'failure' }
}

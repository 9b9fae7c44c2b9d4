import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { followInvestigation, presentFollowed } from './follow-investigation.ts'
import { startInvestigation } from './investigate.command.ts'
import { paragraph } from './presentation/blocks.ts'

export const rollback = defineCommand({
  name: 'rollback',
  summary: 'Request a rollback, which is investigated first',
  details:
    'Syntra investigates the service and proposes the rollback method that fits, or explains why a rollback would not help. An operator other than you approves it.',
  effect: 'propose',
  role: 'developer',
  input: z.object({
    service: z.string().meta({ description: 'the service to roll back' }),
    namespace: z.string().meta({ description: 'its namespace', placeholder: 'name', short: 'n' }),
  }),
  positional: ['service'],
  examples: [{ command: 'syntra rollback core -n shop', explanation: 'request a rollback of core' }],
  async run({ namespace, service }, context) {
    const reason = `Rollback of ${service} requested.`
    return followInvestigation(context, await startInvestigation(context, { namespace, service, reason }))
  },
  present: followed => [
    ...presentFollowed(followed),
    ...(followed.action?.proposal.kind === 'rollback'
      ? []
      : [paragraph('No rollback proposed: the evidence does not support one.')]),
  ],
})

import { pluralize } from '@goalixa/chassis/pluralize'
import { z } from 'zod'
import { RejectedAlerts } from '../alerts/alerts.schema.ts'
import { defineCommand } from './define-command.ts'
import { type Block, bullet, list, muted, paragraph } from './presentation/blocks.ts'

export const rejectedAlerts = defineCommand({
  name: 'rejected-alerts',
  aliases: ['rejected', 'refused'],
  summary: 'List alerts rejected as invalid, and why',
  effect: 'read',
  role: 'viewer',
  input: z.object({}),
  examples: [{ command: 'syntra rejected-alerts', explanation: 'the last hundred, newest first' }],
  // The API and the member of its answer keep their original name.
  run: (_input, { api }) => api.get('/v1/alerts/refused', RejectedAlerts),
  present: page =>
    page.refused.length === 0 ? [paragraph('No rejected alerts.')] : page.refused.flatMap(presentAlert),
})

function presentAlert({ labels, fields, deliveries, lastAt }: RejectedAlerts['refused'][number]): Block[] {
  const { alertname = '(no name)', ...others } = labels
  const pairs = Object.entries(others).map(([name, value]) => `${name}=${value}`)
  const title = [alertname, ...pairs.toSorted()].join(' ')
  return [
    paragraph([muted(lastAt.slice(0, 19)), `  ${pluralize(deliveries, 'delivery', 'deliveries')}  ${title}`]),
    list(fields.map(({ field, expected }) => ({ marker: bullet, text: `${field}: ${expected}` }))),
  ]
}

import { pluralize } from '@goalixa/chassis/pluralize'
import pc from 'picocolors'
import { RefusedAlerts } from '../../alerts/alerts.schema.ts'
import type { Context } from '../context.ts'
import { plain } from '../plain.ts'
import { toJsonText } from '../to-json-text.ts'

/** Lists alerts that were sent and could not be understood, with what was wrong and how often they came. */
export async function refused({ syntra, isJson, write }: Context) {
  const page = await (await syntra()).get('/v1/alerts/refused', RefusedAlerts)
  if (isJson) return write(`${toJsonText(page, 2)}\n`)
  if (page.refused.length === 0) return write('Every alert that was sent was understood.\n')
  for (const { labels, fields, deliveries, lastAt } of page.refused) {
    const { alertname = '(no name)', ...others } = labels
    const named = [
      alertname,
      ...Object.entries(others)
        .map(([name, value]) => `${name}=${value}`)
        .toSorted(),
    ]
    write(`${pc.dim(lastAt.slice(0, 19))}  ${pluralize(deliveries, 'time')}  ${plain(named.join(' '))}\n`)
    for (const { field, expected } of fields) write(`  ${plain(field)}: ${plain(expected)}\n`)
  }
}

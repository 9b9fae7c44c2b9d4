import { z } from 'zod'
import { defineFault } from './fault.ts'

/** An alert without an underlying problem, sent to Alertmanager by a script. */
export const alertFault = defineFault({
  params: z.strictObject({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()).default({}),
    seconds: z.number().positive().default(120),
  }),
  async inject({ labels, annotations, seconds }, { addresses }) {
    const now = Date.now()
    const response = await fetch(`http://127.0.0.1:${addresses.alertmanagerPort}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        {
          labels,
          annotations,
          startsAt: new Date(now).toISOString(),
          endsAt: new Date(now + seconds * 1000).toISOString(),
        },
      ]),
    })
    if (!response.ok) throw new Error(`Alertmanager answered ${response.status}: ${await response.text()}`)
  },
})

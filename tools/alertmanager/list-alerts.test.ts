import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { expect, it, onTestFinished } from 'vitest'
import { createClients } from '../create-clients.ts'
import { until } from '../testing/until.ts'
import { listNotifiedAlerts } from './list-alerts.ts'

it('lists what a real Alertmanager holds, silenced alerts too', async () => {
  const url = await startAlertmanager()
  const post = (path: string, body: unknown) =>
    fetch(`${url}/api/v2/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const startsAt = '2026-02-24T10:00:00.000Z'
  const endsAt = new Date(Date.now() + 3_600_000).toISOString()
  const alert = (service: string) => ({
    labels: { alertname: 'Slow', service },
    annotations: { summary: 'it is slow' },
    startsAt,
    endsAt,
  })
  await post('silences', {
    matchers: [{ name: 'service', value: 'bff', isRegex: false, isEqual: true }],
    startsAt: new Date().toISOString(),
    endsAt,
    createdBy: 'jane',
    comment: 'known',
  })
  await post('alerts', [alert('core'), alert('bff')])

  const clients = createClients({ alertmanager: { url } })
  const list = () => listNotifiedAlerts.run({}, clients, new AbortController().signal)
  await until(async () => (await list()).alerts.length === 2)
  const { alerts } = await list()
  expect(alerts.toSorted((a, b) => a.state.localeCompare(b.state))).toEqual([
    {
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      labels: { alertname: 'Slow', service: 'core' },
      annotations: { summary: 'it is slow' },
      state: 'active',
      startsAt,
      endsAt,
    },
    expect.objectContaining({ labels: { alertname: 'Slow', service: 'bff' }, state: 'suppressed' }),
  ])
})

async function startAlertmanager(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'alertmanager-'))
  const port = await findFreePort()
  await writeFile(
    join(folder, 'config.yml'),
    JSON.stringify({ route: { receiver: 'none' }, receivers: [{ name: 'none' }] }),
  )
  const child = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${folder}/config.yml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  )
  const ended = new Promise(resolve => child.once('close', resolve))
  onTestFinished(async () => {
    child.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${port}`
  await until(async () => (await fetch(`${url}/-/ready`)).ok)
  return url
}

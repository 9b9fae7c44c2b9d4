import { expect, test } from 'vitest'
import { useSyntra } from '../testing/use-syntra.ts'
import { waitForProposal } from '../testing/wait-for-proposal.ts'
import { reinvestigate } from './reinvestigate.job.ts'

const system = useSyntra()

test('an alert that joins while a decision is awaited is investigated afterwards, once', async () => {
  const syntra = await system.start()
  const reject = async ({ id, stateDigest }: { id: string; stateDigest: string }) =>
    expect(
      (await syntra.post(`/v1/actions/${id}/decision`, { decision: 'reject', stateDigest })).status,
    ).toBe(200)
  const { incident, action } = await waitForProposal(syntra)
  await syntra.deliver([
    { labels: { alertname: 'SomethingElse', severity: 'warning' }, fingerprint: 'abcdef0123456789' },
  ])
  const path = `/v1/incidents/${incident.id}`
  await syntra.until(path, body => body.alertList?.length === 2)
  await reject(action)

  const again = await syntra.until(
    path,
    body => body.investigations?.length === 2 && body.action?.state === 'awaiting-approval',
  )
  const { body: second } = await syntra.get(`/v1/investigations/${again.investigation.id}`)
  expect(second.scope.alerts.map((alert: { name: string }) => alert.name)).toContain('SomethingElse')
  await reject((await syntra.get(`/v1/actions/${again.action.id}`)).body)
  await syntra.until(path, body => body.investigation?.state === 'done')
  const inOneHour = new Date(Date.now() + 3_600_000)
  expect(await reinvestigate(system.pool, 0, inOneHour)).toBe(0)
  expect((await syntra.get(path)).body.investigations).toHaveLength(2)
})

test('a critical alert that tells something new is investigated while a decision is awaited, and the proposal stays valid', async () => {
  const syntra = await system.start()
  const { incident, action } = await waitForProposal(syntra)
  const aboutToExpire = new Date(Date.now() + 60_000)
  await system.pool.query('UPDATE actions SET expires_at = $1', [aboutToExpire])
  await syntra.deliver([{ labels: { alertname: 'SomethingElse' }, fingerprint: 'abcdef0123456789' }])
  const path = `/v1/incidents/${incident.id}`
  const both = await syntra.until(path, body => body.investigations?.[1]?.state === 'done')
  expect(both.investigations.map(({ state }: { state: string }) => state)).toEqual(['waiting', 'done'])
  const { body: second } = await syntra.get(`/v1/investigations/${both.investigations[1].id}`)
  expect(second.scope.alerts.map((alert: { name: string }) => alert.name)).toContain('SomethingElse')
  // It comes to the same remedy, which is not proposed twice; the first proposal is shown and can be approved.
  expect(second.actionId).toBeNull()
  expect(both.action).toMatchObject({ id: action.id, state: 'awaiting-approval' })
  // The alert counts as seen because of that proposal, so that people have as long for it as for a new one.
  const { expiresAt } = (await syntra.get(`/v1/actions/${action.id}`)).body
  expect(Date.parse(expiresAt)).toBeGreaterThan(aboutToExpire.getTime() + 25 * 60_000)
  const timeline = await syntra.get(`${path}/timeline?limit=500`)
  expect(timeline.body.lines.map(({ message }: { message: string }) => message)).toContain(
    `Nothing further is proposed: the same change already awaits a decision, and does so until ${expiresAt}.`,
  )
  const { stateDigest } = action
  expect(
    (await syntra.post(`/v1/actions/${action.id}/decision`, { decision: 'approve', stateDigest })).status,
  ).toBe(200)
  await syntra.until(path, body => body.action?.state === 'succeeded')
  expect((await syntra.get(path)).body.investigations).toHaveLength(2)
})

import { expect, test } from 'vitest'
import { reinvestigate } from '../../jobs/reinvestigate.job.ts'
import { enterAction } from '../../testing/enter-action.ts'
import { sampleProposal } from '../../testing/sample-proposal.ts'
import { useSyntra } from '../../testing/use-syntra.ts'
import { waitForProposal } from '../../testing/wait-for-proposal.ts'

const system = useSyntra()
const LONG_AGO = new Date('2026-01-01T00:00:00Z')

/** Another incident's action on the target of the proposal, which is being verified until `end` is called. */
async function verifyAnotherAction() {
  const proposal = sampleProposal()
  const target = `Application/${proposal.target.app}`
  const id = await enterAction(system.pool, { state: 'verifying', proposal, target, at: LONG_AGO })
  return {
    target,
    end: () =>
      system.pool.query(`UPDATE actions SET state = 'failed', finished_at = now() WHERE id = $1`, [id]),
  }
}

const stateOf = async (id: string) =>
  (await system.pool.query('SELECT state FROM actions WHERE id = $1', [id])).rows[0].state

test('an approved action waits while another action on its target is in progress, and is then executed', async () => {
  const syntra = await system.start({ settings: { SYNTRA_STUCK_SECONDS: '1' } })
  const { action } = await waitForProposal(syntra)
  const other = await verifyAnotherAction()
  expect(action.target).toBe(other.target)
  const { id, stateDigest } = action
  await syntra.post(`/v1/actions/${id}/decision`, { decision: 'approve', stateDigest })
  const failures = `SELECT FROM langgraph.checkpoint_writes WHERE channel = '__error__'`
  await expect
    .poll(async () => (await system.pool.query(failures)).rowCount, { timeout: 20_000 })
    .toBeGreaterThan(0)
  expect(await stateOf(id)).toBe('approved')
  expect(system.target.world.effects).toEqual([])
  await other.end()
  await syntra.until(`/v1/actions/${id}`, body => body.state === 'succeeded')
})

test('an approval that expires while another action is in progress says so, and that a person is needed', async () => {
  const syntra = await system.start({ settings: { SYNTRA_STUCK_SECONDS: '1' } })
  const { action } = await waitForProposal(syntra)
  await verifyAnotherAction()
  const { id, stateDigest } = action
  await syntra.post(`/v1/actions/${id}/decision`, { decision: 'approve', stateDigest })
  await system.pool.query('UPDATE actions SET expires_at = now() WHERE id = $1', [id])
  const expired = await syntra.until(`/v1/actions/${id}`, body => body.state === 'expired')
  expect(expired.outcome.message).toContain('another action on Application/core was still in progress')
  expect(expired.outcome.message).toContain('Needs human attention')
})

test('alerts whose proposal was refused because of an action in progress are investigated again once that has ended', async () => {
  const syntra = await system.start()
  const other = await verifyAnotherAction()
  const { incident, action } = await waitForProposal(syntra, 'refused')
  expect(action.refusal.message).toContain('Syntra investigates again once it has ended')
  await syntra.until(`/v1/investigations/${action.investigationId}`, body => body.outcome === 'refused')
  const inOneHour = new Date(Date.now() + 3_600_000)
  expect(await reinvestigate(system.pool, 0, inOneHour)).toBe(0)
  await other.end()
  const again = await syntra.until(
    `/v1/incidents/${incident.id}`,
    body => body.investigations?.length === 2 && body.action?.state === 'awaiting-approval',
  )
  expect(again.action.id).not.toBe(action.id)
})

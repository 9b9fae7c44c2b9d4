import { expect, it } from 'vitest'
import { Proposal } from '../devops/proposal.ts'
import { investigate } from '../testing/investigate.ts'
import { SAMPLE_FAULTS } from '../testing/sample-faults.ts'
import { parseStoredProposal } from './parse-stored-proposal.ts'

it('keeps the names of tools that this version does not have, in steps, undo and pending revert', () => {
  const world = SAMPLE_FAULTS.find(({ code }) => code === 'RELEASE_ERRORS')?.world()
  if (world === undefined) throw new Error('No sample fault is a release that fails.')
  world.rules.requiredChecks = ['ci']
  const stored = JSON.stringify(investigate(world).choice.proposal)
  expect(parseStoredProposal(JSON.parse(stored))).toEqual(JSON.parse(stored))
  const old = JSON.parse(stored.replaceAll('"delivery_set_auto_sync"', '"github_close_issue"'))
  const proposal = parseStoredProposal(old)
  expect(JSON.stringify(proposal).match(/removed:github_close_issue/g)).toHaveLength(3)
  expect(parseStoredProposal(proposal)).toEqual(proposal)
  expect(() => Proposal.parse(old)).toThrow()
})

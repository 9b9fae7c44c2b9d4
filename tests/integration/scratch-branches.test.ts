import { findTool } from '@goalixa/tools/catalog'
import { createWriteCall } from '@goalixa/tools/testing/create-write-call'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { apiPath, startTestGithub, type TestGithub } from './start-github.ts'

const HOUR_MS = 3_600_000
// Far from the clock of this machine: only GitHub's times may count.
const START = Date.parse('2020-02-24T10:00:00Z')

let github: TestGithub
let clock = START

beforeAll(async () => {
  github = await startTestGithub({ now: () => new Date(clock) })
})
afterAll(() => github.stop())

it('a revert deletes the scratch branches that killed workers of ours have left, and neither those of others nor any in use', async () => {
  const { repo, write } = await github.repository()
  const good = await write(['replicas: 3'], 'core 1.4.0')
  const bad = await write(['replicas: 0'], 'core 1.5.0')
  const path = apiPath(repo)
  const create = (send: TestGithub['api'], name: string) =>
    send('POST', `${path}/git/refs`, { ref: `refs/heads/syntra/scratch-${name}`, sha: good })
  await create(github.api, 'left')
  await create(github.api, 'left-before-its-merge')
  await github.api('POST', `${path}/merges`, { base: 'syntra/scratch-left', head: bad })
  await create(github.asOther, 'of-mallory')
  await create(github.api, 'moved-by-mallory')
  await github.asOther('PATCH', `${path}/git/refs/heads/syntra/scratch-moved-by-mallory`, { sha: bad })
  await create(github.api, 'used-lately')
  clock += 1.5 * HOUR_MS
  await github.api('PATCH', `${path}/git/refs/heads/syntra/scratch-used-lately`, { sha: bad })
  await create(github.api, 'new')
  clock += HOUR_MS / 12
  const input = { repo, branch: 'main', sha: bad, actionId: 'act-sweep' }
  const opened = await findTool('forge_open_revert').run(input, github.clients, createWriteCall())
  const branches = (await github.api('GET', `${path}/branches`)) as { name: string }[]
  expect(branches.map(({ name }) => name).toSorted()).toEqual([
    'main',
    opened.branch,
    'syntra/scratch-moved-by-mallory',
    'syntra/scratch-new',
    'syntra/scratch-of-mallory',
    'syntra/scratch-used-lately',
  ])
})

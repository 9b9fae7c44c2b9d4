import { findTool } from '@goalixa/tools/catalog'
import type { Clients } from '@goalixa/tools/clients'
import { createWriteCall } from '@goalixa/tools/testing/create-write-call'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiPath, startTestGithub, type TestGithub } from './start-github.ts'

const closeRevert = findTool('forge_close_revert')
const containsCommit = findTool('forge_contains_commit')
const getPullRequest = findTool('forge_get_pull_request')
const mergeRevert = findTool('forge_merge_revert')
const openRevert = findTool('forge_open_revert')

const signal = new AbortController().signal
const call = createWriteCall({ signal })
let github: TestGithub
let clients: Clients
let api: TestGithub['api']
let repository: TestGithub['repository']

beforeAll(async () => {
  github = await startTestGithub()
  ;({ clients, api, repository } = github)
})
afterAll(() => github.stop())

const GOOD = ['image: core:1.4.0', 'a', 'b', 'c', 'd', 'e', 'replicas: 3']

describe('a revert', () => {
  it('waits for the required checks, and is not merged if one fails', async () => {
    const { repo, write, lines } = await repository()
    await write(GOOD, 'core 1.4.0')
    const bad = GOOD.with(0, 'image: core:1.5.0')
    const sha = await write(bad, 'core 1.5.0')
    await api('PUT', `${apiPath(repo)}/branches/main/protection`, {
      required_status_checks: { strict: false, contexts: ['ci'] },
      required_pull_request_reviews: null,
      enforce_admins: true,
      restrictions: null,
    })
    const report = (head: string, state: string) =>
      api('POST', `${apiPath(repo)}/statuses/${head}`, { context: 'ci', state })
    const input = { repo, branch: 'main', sha, actionId: 'act-9', withinSeconds: 2 }
    const opened = await openRevert.run(input, clients, call)
    await expect(mergeRevert.run(input, clients, call)).rejects.toMatchObject({ code: 'CHECKS_OPEN' })
    await report(opened.sha, 'failure')
    await expect(mergeRevert.run(input, clients, call)).rejects.toMatchObject({ code: 'CHECKS_FAILED' })
    expect(await lines()).toEqual(bad)
    await report(opened.sha, 'pending')
    const merged = mergeRevert.run({ ...input, withinSeconds: 60 }, clients, call)
    await report(opened.sha, 'success')
    expect(await merged).toMatchObject({ number: opened.number })
    expect(await lines()).toEqual(GOOD)
  })

  it('is closed with the reason in its description, once, and stays closed', async () => {
    const { repo, write } = await repository()
    await write(GOOD, 'core 1.4.0')
    const sha = await write(GOOD.with(0, 'image: core:1.5.0'), 'core 1.5.0')
    const opened = await openRevert.run({ repo, branch: 'main', sha, actionId: 'act-10' }, clients, call)
    const input = { repo, ...opened, comment: 'It did not help.', actionId: 'act-10-undo' }
    expect(await closeRevert.findEffect(input, clients, call)).toBeUndefined()
    await closeRevert.run(input, clients, call)
    await closeRevert.run(input, clients, call)
    expect(await closeRevert.findEffect(input, clients, call)).toEqual({ number: opened.number })
    const pull = await getPullRequest.run({ repo, number: opened.number }, clients, signal)
    expect(pull).toMatchObject({ state: 'closed', merged: false, mergeSha: null })
    const { body } = await api('GET', `${apiPath(repo)}/pulls/${opened.number}`)
    expect(body).toBe(`This reverts commit ${sha}.\n\n---\nIt did not help.\n\nSyntra-Action: act-10-undo`)
  })

  it('is not closed if a person has merged or changed it', async () => {
    const { repo, write } = await repository()
    await write(GOOD, 'core 1.4.0')
    const sha = await write(GOOD.with(0, 'image: core:1.5.0'), 'core 1.5.0')
    const opened = await openRevert.run({ repo, branch: 'main', sha, actionId: 'act-11' }, clients, call)
    const input = { repo, ...opened, actionId: 'act-11-undo' }
    const changed = closeRevert.run({ ...input, sha: 'd'.repeat(40) }, clients, call)
    await expect(changed).rejects.toMatchObject({ code: 'STATE_CHANGED' })
    await api('PUT', `${apiPath(repo)}/pulls/${opened.number}/merge`, {})
    await expect(closeRevert.run(input, clients, call)).rejects.toMatchObject({ code: 'ALREADY_MERGED' })
    const { mergeSha } = await getPullRequest.run({ repo, number: opened.number }, clients, signal)
    const contains = (commit: string, head: string) =>
      containsCommit.run({ repo, sha: commit, head }, clients, signal)
    expect(await contains(mergeSha ?? '', 'main')).toEqual({ contains: true })
    expect(await contains(mergeSha ?? '', sha)).toEqual({ contains: false })
  })
})

import { findTool } from '@goalixa/tools/catalog'
import type { Clients } from '@goalixa/tools/clients'
import { revertBranches } from '@goalixa/tools/forge/github/revert-branch'
import { createWriteCall } from '@goalixa/tools/testing/create-write-call'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { losingLeaseAt } from './interrupted-call.ts'
import { apiPath, startTestGithub, type TestGithub } from './start-github.ts'

const compareCommits = findTool('forge_compare_commits')
const getCommit = findTool('forge_get_commit')
const getPullRequest = findTool('forge_get_pull_request')
const listCommits = findTool('forge_list_commits')
const mergeRevert = findTool('forge_merge_revert')
const openRevert = findTool('forge_open_revert')
const readBranchRules = findTool('forge_read_branch_rules')

// The tools for GitHub against the emulator, whose conformance suite also runs against GitHub.
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

describe('reads', () => {
  it('list what changed between two commits, in one commit, and recently', async () => {
    const { repo, write } = await repository()
    const base = await write(GOOD, 'core 1.4.0')
    const head = await write(GOOD.with(0, 'image: core:1.5.0'), 'core 1.5.0\n\nMore words.')
    const { commits, files } = await compareCommits.run({ repo, base, head }, clients, signal)
    expect(commits).toMatchObject([{ sha: head, message: 'core 1.5.0\n\nMore words.' }])
    expect(files).toEqual([
      { path: 'core.yaml', status: 'modified', patch: expect.stringContaining('+image: core:1.5.0') },
    ])
    const commit = await getCommit.run({ repo, sha: head }, clients, signal)
    expect(commit).toMatchObject({ sha: head, parents: [base], files: [{ path: 'core.yaml' }] })
    expect(Date.parse(commit.at ?? '')).toBeGreaterThan(0)
    const recent = await listCommits.run({ repo, branch: 'main', path: 'core.yaml' }, clients, signal)
    expect(recent.commits.map(({ sha }) => sha)).toEqual([head, base])
  })

  it('read the rules of a branch', async () => {
    const { repo, write } = await repository()
    await write(GOOD, 'core 1.4.0')
    const input = { repo, branch: 'main' }
    expect(await readBranchRules.run(input, clients, signal)).toEqual({
      requiredReviews: 0,
      requiredChecks: [],
      isProtected: false,
    })
    await api('PUT', `${apiPath(repo)}/branches/main/protection`, {
      required_status_checks: { strict: false, contexts: ['ci'] },
      required_pull_request_reviews: { required_approving_review_count: 2 },
      enforce_admins: false,
      restrictions: null,
    })
    expect(await readBranchRules.run(input, clients, signal)).toEqual({
      requiredReviews: 2,
      requiredChecks: ['ci'],
      isProtected: true,
    })
  })

  it.each([
    [compareCommits, { repo: 'no-owner', base: 'a', head: 'b' }, 'repo'],
    [compareCommits, { repo: 'github.test/a/b', base: 'a..b', head: 'b' }, 'base'],
    [openRevert, { repo: 'github.test/a/b', branch: 'main', sha: 'abc', actionId: 'a1' }, 'sha'],
    [
      openRevert,
      { repo: 'github.test/a/b', branch: 'main', sha: 'a'.repeat(40), actionId: 'a\nb' },
      'actionId',
    ],
  ])('reject invalid arguments', (tool, input, field) => {
    expect(tool.input.safeParse(input).error?.issues.map(issue => issue.path[0])).toEqual([field])
  })
})

describe('a revert', () => {
  it('undoes one commit and keeps later changes to the same file', async () => {
    const { repo, write, lines } = await repository()
    await write(GOOD, 'core 1.4.0')
    const sha = await write(GOOD.with(0, 'image: core:1.5.0'), 'core 1.5.0')
    await write(GOOD.with(0, 'image: core:1.5.0').with(6, 'replicas: 5'), 'More replicas')
    const input = { repo, branch: 'main', sha, actionId: 'act-1', body: 'Because of **E7**.' }

    expect(await openRevert.findEffect(input, clients, call)).toBeUndefined()
    const opened = await openRevert.run(input, clients, call)
    expect(opened.branch).toBe(revertBranches(sha, 'act-1', opened.sha)[0])
    expect(opened.branch).toMatch(/^syntra\/revert-[0-9a-f]{7}-[0-9a-f]{8}-[0-9a-f]{12}$/)
    expect(await openRevert.findEffect(input, clients, call)).toEqual(opened)
    expect(await lines(opened.branch)).toEqual(GOOD.with(6, 'replicas: 5'))

    const pull = await getPullRequest.run({ repo, number: opened.number }, clients, signal)
    expect(pull).toMatchObject({ title: 'Revert "core 1.5.0"', state: 'open', merged: false })
    expect(await api('GET', `${apiPath(repo)}/pulls/${opened.number}`)).toMatchObject({ body: input.body })
    const { message } = await getCommit.run({ repo, sha: opened.sha }, clients, signal)
    expect(message).toBe(`Revert "core 1.5.0"\n\nThis reverts commit ${sha}.\n\nSyntra-Action: act-1`)
    const branches: { name: string }[] = await api('GET', `${apiPath(repo)}/branches`)
    expect(branches.map(({ name }) => name).toSorted()).toEqual(['main', opened.branch])
  })

  it('is merged once, however often it is requested', async () => {
    const { repo, write, lines } = await repository()
    await write(GOOD, 'core 1.4.0')
    const sha = await write(GOOD.with(0, 'image: core:1.5.0'), 'core 1.5.0')
    const input = { repo, branch: 'main', sha, actionId: 'act-2' }
    await openRevert.run(input, clients, call)

    expect(await mergeRevert.findEffect(input, clients, call)).toBeUndefined()
    const merged = await mergeRevert.run(input, clients, call)
    expect(await mergeRevert.findEffect(input, clients, call)).toEqual(merged)
    expect(await mergeRevert.run(input, clients, call)).toEqual(merged)
    expect(await lines()).toEqual(GOOD)
    const { commits } = await listCommits.run({ repo, branch: 'main' }, clients, signal)
    expect(commits.filter(({ message }) => message.startsWith('Revert'))).toHaveLength(1)
  })

  it('can itself be reverted, even if it was merged by a merge commit', async () => {
    const { repo, write, lines } = await repository()
    await write(GOOD, 'core 1.4.0')
    const bad = GOOD.with(0, 'image: core:1.5.0')
    const sha = await write(bad, 'core 1.5.0')
    const first = { repo, branch: 'main', sha, actionId: 'act-3' }
    await openRevert.run(first, clients, call)
    const merged = await mergeRevert.run(first, clients, call)

    const second = { repo, branch: 'main', sha: merged.sha, actionId: 'act-3' }
    await openRevert.run(second, clients, call)
    await mergeRevert.run(second, clients, call)
    expect(await lines()).toEqual(bad)
  })

  it('continues where a worker lost its lease before it opened the pull request', async () => {
    const { repo, write, lines } = await repository()
    await write(GOOD, 'core 1.4.0')
    const sha = await write(GOOD.with(0, 'image: core:1.5.0'), 'core 1.5.0')
    const input = { repo, branch: 'main', sha, actionId: 'act-4' }
    await expect(openRevert.run(input, clients, losingLeaseAt(7))).rejects.toMatchObject({
      code: 'LEASE_LOST',
    })
    const branchesOf = async (): Promise<{ name: string }[]> => api('GET', `${apiPath(repo)}/branches`)
    const left = await branchesOf()
    expect(left).toHaveLength(2)
    expect(await openRevert.findEffect(input, clients, call)).toBeUndefined()
    const opened = await openRevert.run(input, clients, call)
    expect(await lines(opened.branch)).toEqual(GOOD)
    expect(await branchesOf()).toEqual(left)
  })

  it('hands a conflict off to a person and leaves nothing behind', async () => {
    const { repo, write } = await repository()
    await write(GOOD, 'core 1.4.0')
    const sha = await write(GOOD.with(0, 'image: core:1.5.0'), 'core 1.5.0')
    await write(GOOD.with(0, 'image: core:1.6.0'), 'core 1.6.0')
    const input = { repo, branch: 'main', sha, actionId: 'act-5' }
    await expect(openRevert.run(input, clients, call)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'REVERT_CONFLICT',
    })
    const branches: { name: string }[] = await api('GET', `${apiPath(repo)}/branches`)
    expect(branches.map(({ name }) => name)).toEqual(['main'])
  })

  it('is rejected where it makes no sense', async () => {
    const { repo, write } = await repository()
    const first = (await listCommits.run({ repo, branch: 'main' }, clients, signal)).commits[0]?.sha ?? ''
    const sha = await write(GOOD, 'core 1.4.0')
    const revert = (more: object) =>
      openRevert.run({ repo, branch: 'main', sha, actionId: 'act-6', ...more }, clients, call)
    await expect(revert({ sha: first })).rejects.toMatchObject({ code: 'ROOT_COMMIT' })
    await expect(revert({ sha: 'd'.repeat(40) })).rejects.toMatchObject({ kind: 'missing' })
    await api('POST', `${apiPath(repo)}/git/refs`, { ref: 'refs/heads/old', sha: first })
    await expect(revert({ branch: 'old' })).rejects.toMatchObject({ code: 'COMMIT_NOT_ON_BRANCH' })
    const merge = { repo, branch: 'main', sha, actionId: 'another' }
    await expect(mergeRevert.run(merge, clients, call)).rejects.toMatchObject({ code: 'NO_REVERT' })
  })

  it('has nothing to do if the commit is already reverted', async () => {
    const { repo, write } = await repository()
    await write(GOOD, 'core 1.4.0')
    const sha = await write(GOOD.with(0, 'image: core:1.5.0'), 'core 1.5.0')
    await write(GOOD, 'restored manually')
    await expect(
      openRevert.run({ repo, branch: 'main', sha, actionId: 'act-7' }, clients, call),
    ).rejects.toMatchObject({ kind: 'conflict', code: 'NOTHING_TO_REVERT' })
  })

  it('is not merged while the branch’s rules are not met', async () => {
    const { repo, write, lines } = await repository()
    await write(GOOD, 'core 1.4.0')
    const bad = GOOD.with(0, 'image: core:1.5.0')
    const sha = await write(bad, 'core 1.5.0')
    await api('PUT', `${apiPath(repo)}/branches/main/protection`, {
      required_status_checks: null,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      enforce_admins: true,
      restrictions: null,
    })
    const input = { repo, branch: 'main', sha, actionId: 'act-8' }
    await openRevert.run(input, clients, call)
    await expect(mergeRevert.run(input, clients, call)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'NOT_MERGEABLE',
    })
    expect(await lines()).toEqual(bad)
  })
})

import { findTool } from '@goalixa/tools/catalog'
import type { Clients } from '@goalixa/tools/clients'
import { revertBranchPrefix } from '@goalixa/tools/forge/github/revert-branch'
import { createWriteCall } from '@goalixa/tools/testing/create-write-call'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { interruptedCall, losingLeaseAt } from './interrupted-call.ts'
import { apiPath, startTestGithub, type TestGithub } from './start-github.ts'

const closeRevert = findTool('forge_close_revert')
const mergeRevert = findTool('forge_merge_revert')
const openRevert = findTool('forge_open_revert')

// Mallory may push to the repository and knows every id of the action.
const call = createWriteCall()
let github: TestGithub
let clients: Clients

beforeAll(async () => {
  github = await startTestGithub()
  clients = github.clients
})
afterAll(() => github.stop())

const GOOD = ['image: core:1.4.0', 'replicas: 3']
const BAD = GOOD.with(0, 'image: core:1.5.0')
const EVIL = GOOD.with(0, 'image: evil:1')

async function release(actionId: string) {
  const { repo, write, lines } = await github.repository()
  await write(GOOD, 'core 1.4.0')
  const sha = await write(BAD, 'core 1.5.0')
  const path = apiPath(repo)

  /** A commit of Mallory's with the message of the revert, and other content. */
  async function forge(parents = [sha]): Promise<string> {
    const content = `${EVIL.join('\n')}\n`
    const entry = { path: 'core.yaml', mode: '100644', type: 'blob', content }
    const { sha: tree } = await github.asOther('POST', `${path}/git/trees`, {
      base_tree: parents[0],
      tree: [entry],
    })
    const message = `Revert "core 1.5.0"\n\nThis reverts commit ${sha}.\n\nSyntra-Action: ${actionId}`
    return (await github.asOther('POST', `${path}/git/commits`, { message, tree, parents })).sha
  }
  return {
    repo,
    path,
    lines,
    forge,
    input: { repo, branch: 'main', sha, actionId },
    prefix: revertBranchPrefix(sha, actionId),
    push: (branch: string, commit: string) =>
      github.asOther('POST', `${path}/git/refs`, { ref: `refs/heads/${branch}`, sha: commit }),
    move: (branch: string, commit: string) =>
      github.asOther('PATCH', `${path}/git/refs/heads/${branch}`, { sha: commit, force: true }),
    tip: async (branch: string) =>
      (await github.api('GET', `${path}/git/ref/heads/${branch}`)).object.sha as string,
    branches: async () =>
      ((await github.api('GET', `${path}/branches`)) as { name: string }[]).map(({ name }) => name),
  }
}

it('a revert that someone else has prepared under our name is neither taken for ours nor touched', async () => {
  const { forge, push, prefix, path, input, lines, tip } = await release('act-1')
  const commit = await forge()
  await push(prefix, commit)
  const { number } = await github.asOther('POST', `${path}/pulls`, {
    title: 'Revert "core 1.5.0"',
    head: prefix,
    base: 'main',
  })
  expect(await openRevert.findEffect(input, clients, call)).toBeUndefined()
  await expect(mergeRevert.run(input, clients, call)).rejects.toMatchObject({ code: 'NO_REVERT' })
  const opened = await openRevert.run(input, clients, call)
  expect(opened.number).not.toBe(number)
  await mergeRevert.run(input, clients, call)
  expect(await lines()).toEqual(GOOD)
  expect(await tip(prefix)).toBe(commit)
  expect(await github.api('GET', `${path}/pulls/${number}`)).toMatchObject({ state: 'open' })
})

it('a pull request of ours to which someone has pushed is not merged, and the reason names the commit', async () => {
  const { forge, move, input, lines, tip } = await release('act-2')
  const opened = await openRevert.run(input, clients, call)
  const commit = await forge()
  await move(opened.branch, commit)
  expect(await openRevert.findEffect(input, clients, call)).toBeUndefined()
  for (const tool of [openRevert, mergeRevert]) {
    const failure = tool.run(input, clients, call)
    await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'REVERT_CHANGED' })
    await expect(failure).rejects.toThrow(`commit ${commit}, whose author is given as mallory`)
  }
  expect(await lines()).toEqual(BAD)
  expect(await tip(opened.branch)).toBe(commit)
})

it('a pull request to which someone pushes at the last instant is not merged either', async () => {
  const { forge, move, input, lines } = await release('act-3')
  const opened = await openRevert.run(input, clients, call)
  const commit = await forge()
  // Four writes prove the content; the fifth is the merge.
  const late = interruptedCall(async write => write === 5 && (await move(opened.branch, commit)))
  await expect(mergeRevert.run(input, clients, late)).rejects.toMatchObject({ code: 'REVERT_CHANGED' })
  expect(await lines()).toEqual(BAD)
})

it('a pull request of ours that someone else merged with other content does not count as merged', async () => {
  const { forge, move, input, lines, tip } = await release('act-4')
  const opened = await openRevert.run(input, clients, call)
  await move('main', await forge([await tip('main'), opened.sha]))
  expect(await lines()).toEqual(EVIL)
  expect(await mergeRevert.findEffect(input, clients, call)).toBeUndefined()
  const failure = mergeRevert.run(input, clients, call)
  await expect(failure).rejects.toMatchObject({ code: 'REVERT_CHANGED' })
  await expect(failure).rejects.toThrow('is not the merge of the approved revert into main')
})

it('a revert that is merged after other changes of the branch is recognised by its content', async () => {
  const { input, lines } = await release('act-5')
  const opened = await openRevert.run(input, clients, call)
  const path = apiPath(input.repo)
  const content = Buffer.from('one\n').toString('base64')
  await github.asOther('PUT', `${path}/contents/other.txt`, { message: 'Other', content, branch: 'main' })
  await github.asOther('PUT', `${path}/pulls/${opened.number}/merge`, { merge_method: 'squash' })
  expect(await mergeRevert.findEffect(input, clients, call)).toMatchObject({ number: opened.number })
  expect(await lines()).toEqual(GOOD)
})

it('a branch that someone else took from us is left alone, and another name is used', async () => {
  const { forge, push, path, prefix, input, branches, tip, lines } = await release('act-6')
  await expect(openRevert.run(input, clients, losingLeaseAt(7))).rejects.toMatchObject({ code: 'LEASE_LOST' })
  const taken = (await branches()).find(name => name.startsWith(prefix)) ?? ''
  const commit = await forge()
  await github.asOther('DELETE', `${path}/git/refs/heads/${taken}`)
  await push(taken, commit)
  const opened = await openRevert.run(input, clients, call)
  expect(opened.branch).toBe(`${taken}-2`)
  expect(await lines(opened.branch)).toEqual(GOOD)
  expect(await tip(taken)).toBe(commit)
})

it('a request for a pull request that arrives after the branch has moved on opens no second one', async () => {
  const { path, prefix, input, branches } = await release('act-9')
  await expect(openRevert.run(input, clients, losingLeaseAt(7))).rejects.toMatchObject({ code: 'LEASE_LOST' })
  const head = (await branches()).find(name => name.startsWith(prefix)) ?? ''
  const content = Buffer.from('one\n').toString('base64')
  await github.asOther('PUT', `${path}/contents/other.txt`, { message: 'Other', content, branch: 'main' })
  const opened = await openRevert.run(input, clients, call)
  // The last request of the first attempt, as a proxy delivers it late.
  const late = github.api('POST', `${path}/pulls`, { title: 'Revert "core 1.5.0"', head, base: 'main' })
  await expect(late).rejects.toThrow('422')
  const pulls = await github.api('GET', `${path}/pulls?state=all`)
  expect(pulls).toMatchObject([{ number: opened.number, head: { ref: head } }])
})

it('a pull request that someone else opened from our branch is not ours', async () => {
  const { path, prefix, input, branches } = await release('act-7')
  await expect(openRevert.run(input, clients, losingLeaseAt(7))).rejects.toMatchObject({ code: 'LEASE_LOST' })
  const taken = (await branches()).find(name => name.startsWith(prefix)) ?? ''
  const theirs = await github.asOther('POST', `${path}/pulls`, { title: 'Ours', head: taken, base: 'main' })
  const opened = await openRevert.run(input, clients, call)
  expect(opened).toMatchObject({ branch: `${taken}-2` })
  const close = {
    repo: input.repo,
    number: theirs.number,
    branch: taken,
    sha: opened.sha,
    actionId: 'act-7-undo',
  }
  const failure = closeRevert.run(close, clients, call)
  await expect(failure).rejects.toMatchObject({ code: 'REVERT_NOT_OURS' })
  await expect(failure).rejects.toThrow('opened by mallory')
})

it('a scratch branch that someone moves does not change what is computed on it', async () => {
  const { forge, move, input, branches, lines, tip } = await release('act-8')
  const commit = await forge()
  let scratch = ''
  const moving = interruptedCall(async write => {
    if (write !== 3) return
    scratch = (await branches()).find(name => name.startsWith('syntra/scratch-')) ?? ''
    await move(scratch, commit)
  })
  const opened = await openRevert.run(input, clients, moving)
  expect(await lines(opened.branch)).toEqual(GOOD)
  const left = (await branches()).filter(name => name.startsWith('syntra/scratch-'))
  expect(left).toEqual([scratch])
  expect(await tip(scratch)).toBe(commit)
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gitText } from '@goalixa/emulators-shared/git/run-git'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { revertThroughApi } from './revert-through-api.ts'
import { type Github, startGithub } from './start-github.ts'

describe('Git data', () => {
  let github: Github
  let folder: string
  beforeAll(async () => {
    github = await startGithub()
    folder = await mkdtemp(join(tmpdir(), 'clone-'))
  })
  afterAll(async () => {
    await github.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('moves a ref only by fast-forward, unless forced', async () => {
    const { octokit, at } = github
    const { name, sha } = await github.freshBranch({ 'a.txt': '1\n' })
    const second = await github.push(name, { 'a.txt': '2\n' })
    const ref = `heads/${name}`
    await expect(octokit.git.updateRef({ ...at, ref, sha })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Update is not a fast forward'),
    })
    await octokit.git.updateRef({ ...at, ref, sha, force: true })
    expect(await github.tip(name)).toBe(sha)
    await expect(octokit.git.createRef({ ...at, ref: `refs/${ref}`, sha: second })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Reference already exists'),
    })
    await octokit.git.deleteRef({ ...at, ref })
    await expect(octokit.git.getRef({ ...at, ref })).rejects.toMatchObject({ status: 404 })
  })

  it('records who created and moved a branch, newest first', async () => {
    const { octokit, at } = github
    const { name, sha } = await github.freshBranch({ 'a.txt': '1\n' })
    const second = await github.push(name, { 'a.txt': '2\n' })
    const { data } = await octokit.repos.listActivities({ ...at, ref: name })
    expect(data.map(({ activity_type, after }) => [activity_type, after])).toEqual([
      ['push', second],
      ['branch_creation', sha],
    ])
    expect(data[0]?.actor?.login).toEqual(expect.any(String))
    expect(data[1]?.actor).toEqual(data[0]?.actor)
  })

  it('rejects objects that do not exist', async () => {
    const { octokit, at } = github
    const sha = '1'.repeat(40)
    const faults = [
      () => octokit.git.createRef({ ...at, ref: 'refs/heads/nothing', sha }),
      () => octokit.git.createCommit({ ...at, message: 'm', tree: sha, parents: [] }),
      () => octokit.git.createTree({ ...at, tree: [{ path: 'a', mode: '100644', type: 'blob', sha }] }),
    ]
    for (const fault of faults) await expect(fault()).rejects.toMatchObject({ status: 422 })
  })

  it('preserves every byte of a blob', async () => {
    const { octokit, at } = github
    const content = Buffer.from([0, 255, 10, 13, 128]).toString('base64')
    const { data } = await octokit.git.createBlob({ ...at, content, encoding: 'base64' })
    const read = await octokit.git.getBlob({ ...at, file_sha: data.sha })
    expect(read.data.content.replaceAll('\n', '')).toBe(content)
  })

  it('merges a branch or commit: 201, 204 if already merged, 409 on a conflict', async () => {
    const { octokit, at } = github
    const { name, sha } = await github.freshBranch({ 'a.txt': '1\n', 'b.txt': '1\n' })
    const side = await github.commit({ 'b.txt': '2\n' }, [sha])
    await github.push(name, { 'a.txt': 'ours\n' })

    const merged = await octokit.repos.merge({ ...at, base: name, head: side })
    expect(merged.status).toBe(201)
    expect(merged.data.parents).toHaveLength(2)
    expect(await github.tip(name)).toBe(merged.data.sha)

    expect((await octokit.repos.merge({ ...at, base: name, head: side })).status).toBe(204)
    const clash = await github.commit({ 'a.txt': 'theirs\n' }, [sha])
    await expect(octokit.repos.merge({ ...at, base: name, head: clash })).rejects.toMatchObject({
      status: 409,
    })
    await expect(octokit.repos.merge({ ...at, base: 'no-such', head: clash })).rejects.toMatchObject({
      status: 404,
    })
  })

  it('reverts a commit with later edits to the same file exactly as git revert does', async () => {
    const lines = (changed: Record<number, string>) =>
      Array.from({ length: 30 }, (_, index) => `${changed[index] ?? `line ${index}`}\n`).join('')
    const { name } = await github.freshBranch({ 'my file.yaml': lines({}), 'other.txt': 'o\n' })
    const bad = await github.push(name, {
      'my file.yaml': lines({ 3: 'bad' }),
      'added.txt': 'x\n',
      'other.txt': null,
    })
    await github.push(name, { 'my file.yaml': lines({ 3: 'bad', 25: 'later' }) })
    await expectSameAsGit(name, bad, [])
  })

  it('reverts a merge commit exactly as git revert -m 1 does', async () => {
    const { octokit, at } = github
    const { name, sha } = await github.freshBranch({ 'a.txt': '1\n', 'b.txt': '1\n' })
    const side = await github.commit({ 'b.txt': '2\n', 'c.txt': 'new\n' }, [sha])
    await github.push(name, { 'a.txt': '2\n' })
    const merge = await octokit.repos.merge({ ...at, base: name, head: side })
    await github.push(name, { 'a.txt': '3\n' })
    await expectSameAsGit(name, merge.data.sha, ['-m', '1'])
  })

  it('answers 409 to a conflicting revert', async () => {
    const { name } = await github.freshBranch({ 'a.txt': '1\n' })
    const bad = await github.push(name, { 'a.txt': '2\n' })
    await github.push(name, { 'a.txt': '3\n' })
    await expect(revertThroughApi(github, name, bad)).rejects.toMatchObject({ status: 409 })
  })

  async function expectSameAsGit(branch: string, sha: string, flags: string[]) {
    const revert = await revertThroughApi(github, branch, sha)
    const directory = join(folder, branch)
    await gitText(folder, ['clone', '--quiet', '--branch', branch, github.cloneUrl, directory])
    await gitText(directory, ['revert', '--no-edit', ...flags, sha])
    expect(revert.tree).toBe(await gitText(directory, ['rev-parse', 'HEAD^{tree}']))
    expect(revert.parents).toEqual([await github.tip(branch)])
  }
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Github, startGithub } from './start-github.ts'

describe('commits', () => {
  let github: Github
  beforeAll(async () => {
    github = await startGithub()
  })
  afterAll(() => github.stop())

  it('are listed by branch, path and page, newest first', async () => {
    const { octokit, at } = github
    const { name } = await github.freshBranch({ 'a.txt': '1\n' })
    await github.push(name, { 'b.txt': '1\n' }, 'Add b')
    await github.push(name, { 'a.txt': '2\n' }, 'Change a')

    const all = await octokit.repos.listCommits({ ...at, sha: name })
    expect(all.data.map(({ commit }) => commit.message)).toEqual(['Change a', 'Add b', 'Begin'])

    const ofPath = await octokit.repos.listCommits({ ...at, sha: name, path: 'b.txt' })
    expect(ofPath.data.map(({ commit }) => commit.message)).toEqual(['Add b'])

    const paged = await octokit.repos.listCommits({ ...at, sha: name, per_page: 2 })
    expect(paged.headers.link).toMatch(/page=2[^,]*>; rel="next"/)
    const everything = await octokit.paginate(octokit.repos.listCommits, { ...at, sha: name, per_page: 1 })
    expect(everything).toHaveLength(3)

    const old = await octokit.repos.listCommits({ ...at, sha: name, until: '2001-01-01T00:00:00Z' })
    expect(old.data).toEqual([])
  })

  it('show their changed files, with patches', async () => {
    const { octokit, at } = github
    const { name, sha: first } = await github.freshBranch({ 'app.yaml': 'image: a:1\n', 'gone.txt': 'x\n' })
    const sha = await github.push(
      name,
      { 'app.yaml': 'image: a:2\n', 'gone.txt': null, 'new.txt': 'n\n' },
      'Release 2',
    )

    const { data } = await octokit.repos.getCommit({ ...at, ref: sha })
    expect(data.parents.map(parent => parent.sha)).toEqual([first])
    expect(data.stats).toEqual({ total: 4, additions: 2, deletions: 2 })
    const files = Object.fromEntries((data.files ?? []).map(file => [file.filename, file]))
    expect(files['app.yaml']).toMatchObject({
      status: 'modified',
      additions: 1,
      patch: '@@ -1 +1 @@\n-image: a:1\n+image: a:2',
    })
    expect(files['gone.txt']?.status).toBe('removed')
    expect(files['new.txt']?.status).toBe('added')
  })

  it('show a rename as one file, and no patch for a binary file', async () => {
    const { octokit, at } = github
    const text = Array.from({ length: 20 }, (_, index) => `line ${index}\n`).join('')
    const { name } = await github.freshBranch({ 'old name.txt': text, 'keep.txt': 'k\n' })
    const content = Buffer.from([0, 1, 2, 255]).toString('base64')
    const blob = await octokit.git.createBlob({ ...at, content, encoding: 'base64' })
    const sha = await github.push(name, {
      'old name.txt': null,
      'new name.txt': `${text}more\n`,
      'keep.txt': 'kept\n',
    })
    const tree = [{ path: 'data.bin', mode: '100644' as const, type: 'blob' as const, sha: blob.data.sha }]
    const withBinary = await octokit.git.createTree({ ...at, base_tree: sha, tree })
    const parents = [
      (await github.octokit.git.getCommit({ ...at, commit_sha: sha })).data.parents[0]?.sha ?? '',
    ]
    const made = await octokit.git.createCommit({ ...at, message: 'm', tree: withBinary.data.sha, parents })

    const { data } = await octokit.repos.getCommit({ ...at, ref: made.data.sha })
    const files = Object.fromEntries((data.files ?? []).map(file => [file.filename, file]))
    expect(Object.keys(files).toSorted()).toEqual(['data.bin', 'keep.txt', 'new name.txt'])
    expect(files['new name.txt']).toMatchObject({
      status: 'renamed',
      previous_filename: 'old name.txt',
      additions: 1,
    })
    expect(files['data.bin']).toMatchObject({ status: 'added', additions: 0 })
    expect(files['data.bin']?.patch).toBeUndefined()
    expect(files['keep.txt']?.patch).toBe('@@ -1 +1 @@\n-k\n+kept')
  })

  it('are compared between two branches from their merge base', async () => {
    const { octokit, at } = github
    const { name, sha } = await github.freshBranch({ 'a.txt': '1\n' })
    const other = await github.branch(sha)
    await github.push(name, { 'base.txt': 'x\n' })
    await github.push(other, { 'a.txt': '2\n' }, 'One')
    await github.push(other, { 'a.txt': '3\n' }, 'Two')

    const { data } = await octokit.repos.compareCommitsWithBasehead({ ...at, basehead: `${name}...${other}` })
    expect(data).toMatchObject({ status: 'diverged', ahead_by: 2, behind_by: 1, total_commits: 2 })
    expect(data.merge_base_commit.sha).toBe(sha)
    expect(data.commits.map(({ commit }) => commit.message)).toEqual(['One', 'Two'])
    expect(data.files?.map(({ filename, patch }) => [filename, patch])).toEqual([
      ['a.txt', '@@ -1 +1 @@\n-1\n+3'],
    ])
  })

  it('preserve any file name and message', async () => {
    const { octokit, at } = github
    const names = [
      'with space.txt',
      'ünïcode-日本.txt',
      `quo"te's.txt`,
      'dir/-dash.txt',
      'a\\b.txt',
      ':(glob)*.txt',
    ]
    const { name } = await github.freshBranch({ 'keep.txt': 'k\n' })
    const message = 'Subject "with" $(quotes) `and` ünïcode\n\ndiff --git a/x b/x\n\u001b[31mred'
    const sha = await github.push(
      name,
      Object.fromEntries(names.map(each => [each, 'diff --git a/x b/x\n'])),
      message,
    )

    const { data } = await octokit.repos.getCommit({ ...at, ref: sha })
    expect(data.commit.message).toBe(message)
    expect(data.files?.map(({ filename }) => filename).toSorted()).toEqual(names.toSorted())
    expect(data.files?.every(({ patch }) => patch === '@@ -0,0 +1 @@\n+diff --git a/x b/x')).toBe(true)
    for (const path of names) {
      const found = await octokit.repos.getContent({ ...at, path, ref: name })
      expect(found.data).toMatchObject({ type: 'file', path })
      const log = await octokit.repos.listCommits({ ...at, sha: name, path })
      expect(log.data.map(commit => commit.sha)).toEqual([sha])
    }
  })

  it('are answered 404 for a missing branch and 422 for a missing commit', async () => {
    const { octokit, at } = github
    await expect(octokit.repos.listCommits({ ...at, sha: 'no-such-branch' })).rejects.toMatchObject({
      status: 404,
    })
    await expect(octokit.repos.getCommit({ ...at, ref: '0'.repeat(40) })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('No commit found for SHA'),
    })
  })
})

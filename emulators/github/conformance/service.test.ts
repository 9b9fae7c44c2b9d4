import { Octokit } from '@octokit/rest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Github, startGithub } from './start-github.ts'

describe('the service', () => {
  let github: Github
  beforeAll(async () => {
    github = await startGithub()
  })
  afterAll(() => github.stop())

  it('rejects a wrong token, and answers 404 for a missing repository', async () => {
    const stranger = new Octokit({ baseUrl: github.url, auth: 'wrong' })
    await expect(stranger.repos.get(github.at)).rejects.toMatchObject({
      status: 401,
      response: { data: { message: 'Bad credentials' } },
    })
    await expect(github.octokit.repos.get({ ...github.at, repo: 'no-such-repo' })).rejects.toMatchObject({
      status: 404,
      response: { data: { message: 'Not Found', status: '404' } },
    })
    const anonymous = await fetch(`${github.url}/repos/${github.owner}/${github.repo}/git/blobs`, {
      method: 'POST',
      body: '{}',
    })
    expect([401, 404]).toContain(anonymous.status)
  })

  it('reports the invalid fields of a body', async () => {
    const { octokit, at } = github
    const headers = { authorization: `Bearer ${github.token}`, 'content-type': 'application/json' }
    const url = `${github.url}/repos/${github.owner}/${github.repo}/pulls`
    const broken = await fetch(url, { method: 'POST', headers, body: '{"title":' })
    expect(broken.status).toBe(400)
    expect(await broken.json()).toMatchObject({ message: 'Problems parsing JSON' })
    const missing = octokit.request('POST /repos/{owner}/{repo}/git/refs', {
      ...at,
      sha: '1'.repeat(40),
    } as never)
    await expect(missing).rejects.toMatchObject({ status: 422 })
  })

  it('answers 304 for an unchanged resource, and reports the rate limit', async () => {
    const { octokit, at } = github
    const first = await octokit.repos.get(at)
    expect(Number(first.headers['x-ratelimit-remaining'])).toBeGreaterThan(0)
    const headers = { 'if-none-match': String(first.headers.etag) }
    await expect(octokit.repos.get({ ...at, headers })).rejects.toMatchObject({ status: 304 })
  })

  it('reads and writes files by path, and rejects a stale sha', async () => {
    const { octokit, at } = github
    const { name } = await github.freshBranch({ 'dir/a file.txt': '1\n' })
    const path = 'dir/a file.txt'
    const content = Buffer.from('2\n').toString('base64')
    const edit = { ...at, path, branch: name, message: 'Edit', content }
    await expect(octokit.repos.createOrUpdateFileContents(edit)).rejects.toMatchObject({ status: 422 })
    await expect(
      octokit.repos.createOrUpdateFileContents({ ...edit, sha: '1'.repeat(40) }),
    ).rejects.toMatchObject({ status: 409 })
    const read = await octokit.repos.getContent({ ...at, path, ref: name })
    const { sha } = read.data as { sha: string }
    const { data } = await octokit.repos.createOrUpdateFileContents({ ...edit, sha })
    expect(await github.tip(name)).toBe(data.commit.sha)
    const folder = await octokit.repos.getContent({ ...at, path: 'dir', ref: name })
    expect(folder.data).toMatchObject([{ name: 'a file.txt', type: 'file' }])
  })

  it('combines check runs and statuses of a commit', async () => {
    const { octokit, at } = github
    const { sha } = await github.freshBranch({ 'a.txt': '1\n' })
    await octokit.repos.createCommitStatus({ ...at, sha, state: 'pending', context: 'a' })
    await octokit.repos.createCommitStatus({ ...at, sha, state: 'success', context: 'a' })
    await octokit.repos.createCommitStatus({ ...at, sha, state: 'failure', context: 'b' })
    const combined = await octokit.repos.getCombinedStatusForRef({ ...at, ref: sha })
    expect(combined.data).toMatchObject({ state: 'failure', total_count: 2 })
  })
})

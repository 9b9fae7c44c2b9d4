import { Octokit } from '@octokit/rest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Github, startGithub } from './start-github.ts'

describe('pull requests', () => {
  let github: Github
  beforeAll(async () => {
    github = await startGithub()
  })
  afterAll(() => github.stop())

  async function openPull(change: Record<string, string | null> = { 'a.txt': '2\n' }) {
    const { octokit, at } = github
    const base = await github.freshBranch({ 'a.txt': '1\n', 'b.txt': '1\n' }, 'base')
    const head = await github.branch(base.sha, 'head')
    const sha = await github.push(head, change, 'Change it')
    const { data } = await octokit.pulls.create({
      ...at,
      title: 'Release 2',
      head,
      base: base.name,
      body: 'why',
    })
    return { base, head, sha, number: data.number, pull: data }
  }

  async function settled(number: number) {
    const { octokit, at } = github
    for (;;) {
      const { data } = await octokit.pulls.get({ ...at, pull_number: number })
      if (data.mergeable !== null || data.state === 'closed') return data
      await new Promise(resolve => setTimeout(resolve, 1000))
    }
  }

  it('are opened, show files and commits, and follow their branch', async () => {
    const { octokit, at } = github
    const { head, sha, number, pull, base } = await openPull()
    expect(pull).toMatchObject({ state: 'open', title: 'Release 2', body: 'why', head: { ref: head, sha } })
    expect(await settled(number)).toMatchObject({
      mergeable: true,
      merged: false,
      commits: 1,
      changed_files: 1,
    })

    const second = await github.push(head, { 'c.txt': 'x\n' }, 'More')
    const files = await octokit.pulls.listFiles({ ...at, pull_number: number })
    expect(files.data.map(({ filename }) => filename)).toEqual(['a.txt', 'c.txt'])
    const commits = await octokit.pulls.listCommits({ ...at, pull_number: number })
    expect(commits.data.map(each => each.sha)).toEqual([sha, second])
    const listed = await octokit.pulls.list({ ...at, head: `${github.owner}:${head}`, base: base.name })
    expect(listed.data.map(each => each.number)).toEqual([number])

    const again = octokit.pulls.create({ ...at, title: 't', head, base: base.name })
    await expect(again).rejects.toMatchObject({
      status: 422,
      response: {
        data: { errors: [{ message: expect.stringContaining('A pull request already exists for') }] },
      },
    })
  })

  it('merge by merge commit, squash and rebase', async () => {
    const { octokit, at } = github
    const expected = { merge: 2, squash: 1, rebase: 1 } as const
    for (const method of ['merge', 'squash', 'rebase'] as const) {
      const { base, number, head } = await openPull()
      await github.push(base.name, { 'b.txt': '2\n' }, 'Meanwhile')
      await github.push(head, { 'c.txt': '1\n' }, 'More')
      await settled(number)
      const { data } = await octokit.pulls.merge({ ...at, pull_number: number, merge_method: method })
      expect(data).toMatchObject({ merged: true })
      expect(await github.tip(base.name)).toBe(data.sha)
      const commit = await octokit.git.getCommit({ ...at, commit_sha: data.sha })
      expect(commit.data.parents).toHaveLength(expected[method])
      const tree = await octokit.git.getTree({ ...at, tree_sha: data.sha })
      expect(tree.data.tree.map(({ path }) => path)).toEqual(['a.txt', 'b.txt', 'c.txt'])
      const merged = await octokit.pulls.get({ ...at, pull_number: number })
      expect(merged.data).toMatchObject({
        state: 'closed',
        merged: true,
        merge_commit_sha: data.sha,
        changed_files: 2,
      })
      const files = await octokit.pulls.listFiles({ ...at, pull_number: number })
      expect(files.data.map(({ filename }) => filename)).toEqual(['a.txt', 'c.txt'])
    }
  })

  it('do not merge with a conflict, a moved head or when closed', async () => {
    const { octokit, at } = github
    const { base, number, head, sha } = await openPull()
    await github.push(base.name, { 'a.txt': 'clash\n' })
    expect(await settled(number)).toMatchObject({ mergeable: false, mergeable_state: 'dirty' })
    await expect(octokit.pulls.merge({ ...at, pull_number: number })).rejects.toMatchObject({
      status: 405,
      message: expect.stringContaining('Pull Request is not mergeable'),
    })

    const other = await openPull()
    await github.push(other.head, { 'c.txt': '1\n' })
    const stale = octokit.pulls.merge({ ...at, pull_number: other.number, sha: other.sha })
    await expect(stale).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('Head branch was modified'),
    })

    await octokit.pulls.update({ ...at, pull_number: number, state: 'closed' })
    await expect(octokit.pulls.merge({ ...at, pull_number: number })).rejects.toMatchObject({ status: 405 })
    expect([head, sha]).not.toContain(await github.tip(base.name))
  })

  it('are rejected without commits, and from a missing branch', async () => {
    const { octokit, at } = github
    const base = await github.freshBranch({ 'a.txt': '1\n' })
    const same = await github.branch(base.sha)
    await expect(
      octokit.pulls.create({ ...at, title: 't', head: same, base: base.name }),
    ).rejects.toMatchObject({
      status: 422,
      response: { data: { errors: [{ message: `No commits between ${base.name} and ${same}` }] } },
    })
    await expect(
      octokit.pulls.create({ ...at, title: 't', head: 'none', base: base.name }),
    ).rejects.toMatchObject({
      status: 422,
      response: {
        data: {
          message: 'Validation Failed',
          errors: [{ resource: 'PullRequest', field: 'head', code: 'invalid' }],
        },
      },
    })
  })

  it('obey branch protection: no direct push, merge only with review and check', async () => {
    const { octokit, at } = github
    const { base, number, sha } = await openPull()
    const branch = base.name
    await expect(octokit.repos.getBranchProtection({ ...at, branch })).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('Branch not protected'),
    })
    await octokit.repos.updateBranchProtection({
      ...at,
      branch,
      required_status_checks: { strict: false, contexts: ['ci'] },
      required_pull_request_reviews: { required_approving_review_count: 1 },
      enforce_admins: true,
      restrictions: null,
    })
    const rules = await octokit.repos.getBranchProtection({ ...at, branch })
    expect(rules.data.required_pull_request_reviews?.required_approving_review_count).toBe(1)
    expect(rules.data.required_status_checks?.contexts).toEqual(['ci'])

    const direct = await github.commit({ 'z.txt': 'z\n' }, [base.sha])
    await expect(octokit.git.updateRef({ ...at, ref: `heads/${branch}`, sha: direct })).rejects.toMatchObject(
      { status: 422 },
    )
    await expect(octokit.pulls.merge({ ...at, pull_number: number })).rejects.toMatchObject({
      status: 405,
      message: expect.stringMatching(/approving review is required|status check/),
    })
    if (github.otherToken) {
      const bob = new Octokit({ baseUrl: github.url, auth: github.otherToken })
      await bob.pulls.createReview({ ...at, pull_number: number, event: 'REQUEST_CHANGES', body: 'no' })
      await expect(octokit.pulls.merge({ ...at, pull_number: number })).rejects.toMatchObject({ status: 405 })
      await bob.pulls.createReview({ ...at, pull_number: number, event: 'APPROVE' })
      await expect(octokit.pulls.merge({ ...at, pull_number: number })).rejects.toMatchObject({
        status: 405,
        message: expect.stringContaining('Required status check "ci" is expected.'),
      })
      await octokit.repos.createCommitStatus({ ...at, sha, state: 'success', context: 'ci' })
      expect((await octokit.pulls.merge({ ...at, pull_number: number })).data.merged).toBe(true)
    }
    await octokit.repos.deleteBranchProtection({ ...at, branch })
  })

  it('keep reviews, comments and labels', async () => {
    const { octokit, at } = github
    const { number, sha } = await openPull()
    await octokit.pulls.createReview({ ...at, pull_number: number, event: 'COMMENT', body: 'Looks fine.' })
    const reviews = await octokit.pulls.listReviews({ ...at, pull_number: number })
    expect(reviews.data).toMatchObject([{ state: 'COMMENTED', body: 'Looks fine.', commit_id: sha }])
    await expect(
      octokit.pulls.createReview({ ...at, pull_number: number, event: 'APPROVE' }),
    ).rejects.toMatchObject({ status: 422, message: expect.stringMatching(/own pull request/) })

    await octokit.pulls.createReviewComment({
      ...at,
      pull_number: number,
      body: 'Why?',
      path: 'a.txt',
      line: 1,
      commit_id: sha,
    })
    const lines = await octokit.pulls.listReviewComments({ ...at, pull_number: number })
    expect(lines.data).toMatchObject([{ body: 'Why?', path: 'a.txt', line: 1 }])

    await octokit.issues.createComment({ ...at, issue_number: number, body: 'Hello <b>' })
    const comments = await octokit.issues.listComments({ ...at, issue_number: number })
    expect(comments.data.map(({ body }) => body)).toEqual(['Hello <b>'])

    await octokit.issues.addLabels({ ...at, issue_number: number, labels: ['syntra'] })
    const { data } = await octokit.pulls.get({ ...at, pull_number: number })
    expect(data.labels.map(({ name }) => name)).toEqual(['syntra'])
  })
})

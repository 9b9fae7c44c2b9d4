import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { upgradeNames } from '@goalixa/agents/legacy/upgrade-names'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { buildCli } from '@goalixa/syntra/cli/build-cli'
import { KEYS } from '@goalixa/syntra/testing/test-config'
import { revertBranchPrefix } from '@goalixa/tools/forge/github/revert-branch'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { restoreDatabase } from './old-data/restore-database.ts'
import { DEVELOPER, DUMPED_AT, startOn } from './old-data/start-on.ts'

const VERSION = '0.1.0'

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

describe(`the database of ${VERSION}`, () => {
  let started: Awaited<ReturnType<typeof startOn>>
  beforeAll(async () => {
    started = await startOn(await restored())
  })
  afterAll(() => started.stop())

  it.each([
    ['shop-reverted', 'succeeded', 'git-revert', 'RELEASE_SLOW'],
    ['shop-paused', 'succeeded', 'delivery-rollback', 'RELEASE_SLOW'],
    ['shop-handed', 'handed-off', 'git-revert', 'RELEASE_SLOW'],
    ['shop-undone', 'undone', 'git-revert', 'RELEASE_SLOW'],
    ['shop-blind', 'failed', 'git-revert', 'RELEASE_SLOW'],
    ['shop-scaled', 'rejected', 'delivery-sync', 'SCALED_BELOW_GIT'],
    ['shop-drifted', 'superseded', 'git-revert', 'RELEASE_SLOW'],
    ['shop-late', 'expired', 'git-revert', 'RELEASE_SLOW'],
    ['shop-frozen', 'refused', 'git-revert', 'RELEASE_SLOW'],
  ])('shows %s: %s by %s, because of %s', async (namespace, state, method, code) => {
    const { incident, action, verdict } = await started.read(namespace)
    expect(incident.action.state).toBe(state)
    expect(action.proposal.method).toBe(method)
    expect((action.outcome ?? action.refusal).message).toEqual(expect.any(String))
    expect(verdict.causes[0]).toMatchObject({ code, message: expect.any(String) })
  })

  it.each([
    ['shop-odd', 'inconclusive'],
    ['shop-quiet', 'no-fault'],
    ['shop-asked', 'no-fault'],
    ['shop-many', 'no-fault'],
  ])('shows the verdict on %s: %s', async (namespace, outcome) => {
    const { incident, verdict } = await started.read(namespace)
    expect(incident.investigation).toMatchObject({ outcome, message: verdict.message })
    expect(verdict.outcome).toBe(outcome)
  })

  it('shows which part of an answer was missing, and which kinds were not read', async () => {
    const { verdict } = await started.read('shop-odd')
    expect(verdict.unread.map(({ question }: { question: string }) => question)).toEqual(
      expect.arrayContaining(['objects/wiring', 'events']),
    )
  })

  it('shows every timeline in full, under current names only', async () => {
    const { body } = await started.get('/v1/incidents?limit=200')
    expect(body.incidents).toHaveLength(24)
    for (const { id } of body.incidents) {
      const { body: timeline } = await started.get(`/v1/incidents/${id}/timeline?limit=1000`)
      expect(timeline.tamperedAt).toBeNull()
      expect(JSON.stringify(timeline.lines.map(({ data }: { data: unknown }) => data))).not.toMatch(
        /"(?:argocd|github)[_/][^ "]*"|"says"|"argocd-/,
      )
    }
  })

  it('replays every completed investigation with the same result', async () => {
    const { rows } = await started.db.query(
      `SELECT i.id, n.namespace FROM investigations i JOIN incidents n ON n.id = i.incident_id
       WHERE i.state = 'done' AND i.evidence_removed_at IS NULL AND i.created_at < $1`,
      [new Date(DUMPED_AT)],
    )
    expect(rows.length).toBeGreaterThan(12)
    for (const { id, namespace } of rows) {
      const { body } = await started.post(`/v1/investigations/${id}/replay`, {})
      // 0.1.0 took firing alerts that its Prometheus did not evaluate for over.
      const isCorrected = namespace === 'shop-many'
      expect({ namespace, same: body.same }).toEqual({ namespace, same: !isCorrected })
      if (isCorrected) expect(body.replayed.outcome).toBe('inconclusive')
    }
  })

  it('is readable on the command line: incidents, an incident, its report, rejected alerts', async () => {
    const { incident } = await started.read('shop-reverted')
    expect(await started.run('incidents')).toContain(incident.id.slice(0, 8))
    const shown = await started.run('incident', incident.id, '--verbose')
    expect(shown).toContain('Cause:')
    expect(shown).toContain('Proposal:')
    expect(shown).not.toMatch(/changed afterwards|undefined/)
    expect(await started.run('incident', incident.id, '--report')).toContain('#')
    expect(await started.run('refused')).toContain('NoTime')
  })

  it('accepts its keys, except the revoked one', async () => {
    expect((await started.get('/v1/incidents', DEVELOPER)).status).toBe(200)
    expect((await started.get('/v1/incidents', 'admin-key-of-gone-00005')).status).toBe(401)
  })

  it('executes an action that waited for approval, with the current tools', async () => {
    const { action } = await started.read('shop-gate')
    await started.approve(action, KEYS.ada)
    await started.untilState(action.id, 'succeeded')
    expect(started.writesOf(action.id)).toEqual([
      'forge_open_revert',
      'forge_merge_revert',
      'delivery_refresh_app',
    ])
  })

  it('counts the approval that was granted under that version', async () => {
    const { action } = await started.read('shop-bare')
    expect(await started.approve(action, KEYS.ada)).toBe(403)
    await started.approve(action, KEYS.bob)
    await started.untilState(action.id, 'succeeded')
    expect(started.writesOf(action.id)).toEqual(['kubernetes_undo_rollout'])
  })

  it('resumes where workers were killed, without repeating an effect', async () => {
    const executing = await started.read('shop-executing')
    await started.untilState(executing.action.id, 'succeeded')
    expect(started.writesOf(executing.action.id)).toEqual(['forge_merge_revert', 'delivery_refresh_app'])
    const verifying = await started.read('shop-verifying')
    await started.untilState(verifying.action.id, 'succeeded')
    expect(started.writesOf(verifying.action.id)).toEqual([])
    const undoing = await started.read('shop-undoing')
    await started.untilState(undoing.action.id, 'undone')
    expect(started.writesOf(`${undoing.action.id}-undo`)).toEqual([
      'forge_open_revert',
      'forge_merge_revert',
      'delivery_refresh_app',
    ])
  })

  it.each(['shop-collecting', 'shop-reviewing', 'shop-queued'])(
    'completes %s, and reads nothing twice',
    async namespace => {
      const { investigation } = await started.read(namespace)
      const ended = await started.until(`/v1/investigations/${investigation.id}`, body =>
        ['done', 'waiting'].includes(body.state),
      )
      expect(ended.verdict.outcome).toMatch(/^(?:cause|inconclusive)$/)
      const { rows } = await started.db.query(
        `SELECT question_id, answer->'question'->>'id' AS asked, count(*) OVER (PARTITION BY replace(replace(
           question_id, 'argocd/', 'delivery/'), 'github/', 'forge/'))::int AS times
         FROM evidence WHERE investigation_id = $1`,
        [investigation.id],
      )
      expect(rows.filter(({ times }) => times > 1)).toEqual([])
    },
  )

  it('completes its pending reverts once their pull requests are merged', async () => {
    started.systems.merge()
    const paused = await started.read('shop-paused')
    const handed = await started.read('shop-handed')
    for (const { action } of [paused, handed]) {
      const isClosed = (body: { pendingRevert: { state: string } }) => body.pendingRevert.state !== 'waiting'
      expect((await started.until(`/v1/actions/${action.id}`, isClosed)).pendingRevert.state).toBe('done')
    }
    expect(started.writesOf(`${paused.action.id}-later`)).toEqual(['delivery_set_auto_sync'])
    expect(started.writesOf(`${handed.action.id}-later`)).toEqual(['delivery_refresh_app'])
  })

  it('finds the branches that its actions created', async () => {
    const { rows } = await started.db.query(
      `SELECT args->>'sha' AS sha, result->>'branch' AS branch, action_id || CASE phase WHEN 'do' THEN '' ELSE '-' || phase END AS mark
       FROM action_steps WHERE tool = 'forge_open_revert' AND state = 'done' AND finished_at < $1`,
      [new Date(DUMPED_AT)],
    )
    expect(rows.length).toBeGreaterThan(5)
    const unknown = rows.filter(({ sha, mark, branch }) => !branch.startsWith(revertBranchPrefix(sha, mark)))
    expect(unknown).toEqual([])
  })
})

it('an approval for a tool that no longer exists is void, and the timeline names the tool', async () => {
  const databaseUrl = await restored()
  const db = new pg.Pool({ connectionString: databaseUrl })
  const { rows } = await db.query(
    `UPDATE actions SET proposal = jsonb_set(proposal, '{steps,1,tool}', '"github_close_issue"')
     WHERE state IN ('awaiting-approval', 'executing') AND kind = 'rollback' AND proposal->>'method' = 'git-revert'
     RETURNING id, incident_id, state`,
  )
  const started = await startOn(databaseUrl)
  try {
    for (const { id, incident_id, state } of rows) {
      const { body } = await started.get(`/v1/actions/${id}`)
      expect(body.state).toBe(state === 'executing' ? 'failed' : 'superseded')
      const { body: timeline } = await started.get(`/v1/incidents/${incident_id}/timeline?limit=1000`)
      expect(timeline.lines.map(({ message }: { message: string }) => message)).toContainEqual(
        expect.stringContaining('github_close_issue'),
      )
    }
    expect(rows.map(({ state }) => state).toSorted()).toEqual(['awaiting-approval', 'executing'])
  } finally {
    await started.stop()
    await db.end()
  }
})

describe(`snapshots of ${VERSION}`, () => {
  const folder = join(import.meta.dirname, 'old-data', VERSION)
  const verdicts: Record<string, unknown> = JSON.parse(readFileSync(join(folder, 'verdicts.json'), 'utf8'))

  it.each(Object.entries(verdicts))('%s has the same verdict as before', async (name, verdict) => {
    let written = ''
    const cli = buildCli({
      isTerminal: false,
      signal: AbortSignal.timeout(30_000),
      write: text => {
        written += text
      },
      env: {},
      setExitCode: () => {},
    })
    await cli.parseAsync(['node', 'syntra', 'analyse', '--snapshot', join(folder, `${name}.json`)])
    // A newer version may say more about a conclusion.
    expect(withoutSentences(JSON.parse(written))).toMatchObject(
      withoutSentences(upgradeNames(verdict)) as object,
    )
  })
})

async function restored(): Promise<string> {
  const databaseUrl = await postgres.createDatabase()
  await restoreDatabase(databaseUrl, VERSION)
  return databaseUrl
}

/** Removes the sentences, whose wording may differ between versions. */
function withoutSentences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSentences)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !['message', 'summary', 'reason', 'detail'].includes(key))
      .map(([key, member]) => [key, withoutSentences(member)]),
  )
}

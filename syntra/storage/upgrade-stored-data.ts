import type { ActionState } from '@goalixa/agents/devops/action-state'
import { upgradeName, upgradeNames, upgradeQuestionId } from '@goalixa/agents/legacy/upgrade-names'
import {
  RENAMED_CODES,
  RENAMED_METHODS,
  RENAMED_OUTCOMES,
  RENAMED_QUESTIONS,
  RENAMED_TOOLS,
} from '@goalixa/agents/legacy/version-0-1'
import { digestOf } from '@goalixa/chassis/canonical-json'
import { type Client, inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { allTools } from '@goalixa/tools/catalog'
import { z } from 'zod'
import { createLedger, type Ledger } from '../actions/ledger.ts'
import { enqueue } from '../investigations/enqueue.ts'

type Call = { tool: string; args: Record<string, unknown> | null; effect: 'read' | 'write' }
type Threads = { deleteThread(threadId: string): Promise<void> }

const FORMAT = 2
const BATCH = 200
const NOT_BEGUN: ActionState[] = ['awaiting-approval', 'approved']
const BEGUN: ActionState[] = ['executing', 'verifying', 'undoing']
const SAMPLE_ACTION = '00000000-0000-7000-8000-000000000000'

/**
 * Converts rows that version 0.1 wrote to today's names, once. What an approval is bound to stays as it was: `state_digest`
 * is that of the content which people were shown. The timeline is chained by hashes, and results of evidence are identified by
 * their digests: neither is touched, and old names of the timeline are translated where it is read. Safe from many processes
 * at once, and again after a crash.
 */
export async function upgradeStoredData(pool: Pool, threads: Threads, now = new Date()): Promise<void> {
  await inTransaction(pool, async client => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('syntra:data-format', 0))`)
    const { rows } = await client.query<{ format: number }>('SELECT format FROM data_format')
    if (rows.some(({ format }) => format >= FORMAT)) return
    await upgradeInvestigations(client)
    await upgradeEvidence(client)
    await upgradeMemories(client)
    await upgradeSteps(client)
    await upgradeActions(client)
    await restartBeforeTheGate(client, threads)
    await voidUnknownActions(
      client,
      createLedger(pool, () => now),
    )
    await client.query('UPDATE data_format SET format = $1', [FORMAT])
  })
}

async function upgradeInvestigations(client: Client) {
  type Row = { id: string; verdict: unknown; verdict_digest: string; report: unknown; outcome: string | null }
  const select = `SELECT id, verdict, verdict_digest, report, outcome FROM investigations WHERE id > $1 ORDER BY id`
  for await (const { id, report, outcome, ...stored } of readAll<Row>(client, select)) {
    const verdict = upgradeNames(stored.verdict)
    // A digest that did not match its verdict must not match afterwards.
    const isIntact = stored.verdict_digest === digestOf(stored.verdict)
    await client.query(
      'UPDATE investigations SET verdict = $2, verdict_digest = $3, report = $4, outcome = $5 WHERE id = $1',
      [
        id,
        toJson(verdict),
        isIntact ? digestOf(verdict) : stored.verdict_digest,
        toJson(upgradeNames(report)),
        outcome === null ? null : upgradeName(RENAMED_OUTCOMES, outcome),
      ],
    )
  }
}

// The question that an answer repeats stays as it is: see the repository of evidence.
async function upgradeEvidence(client: Client) {
  type Row = { investigation_id: string; question_id: string; question: { tool: string } }
  const { rows } = await client.query<Row>(
    `SELECT investigation_id, question_id, question FROM evidence
     WHERE question->>'tool' = ANY($1) OR question_id LIKE ANY($2)`,
    [Object.keys(RENAMED_TOOLS), Object.keys(RENAMED_QUESTIONS).map(prefix => `${prefix}%`)],
  )
  for (const { investigation_id, question_id, question } of rows) {
    const id = upgradeQuestionId(question_id)
    const tool = upgradeName(RENAMED_TOOLS, question.tool)
    await client.query(
      `UPDATE evidence SET question_id = $3, question = $4 WHERE investigation_id = $1 AND question_id = $2`,
      [investigation_id, question_id, id, toJson({ ...question, id, tool })],
    )
  }
}

async function upgradeMemories(client: Client) {
  await rename(client, 'UPDATE memories SET cause_code = $2 WHERE cause_code = $1', RENAMED_CODES)
  await rename(client, 'UPDATE memories SET remedy = $2 WHERE remedy = $1', RENAMED_METHODS)
  await rename(client, 'UPDATE memories SET outcome = $2 WHERE outcome = $1', RENAMED_OUTCOMES)
}

async function upgradeSteps(client: Client) {
  await rename(client, 'UPDATE action_steps SET tool = $2 WHERE tool = $1', RENAMED_TOOLS)
}

async function upgradeActions(client: Client) {
  type Row = { id: string; [column: string]: unknown }
  const columns = ['proposal', 'refusal', 'outcome', 'verification', 'pending_revert']
  const select = `SELECT id, ${columns.join(', ')} FROM actions WHERE id > $1 ORDER BY id`
  const update = `UPDATE actions SET ${columns.map((column, index) => `${column} = $${index + 2}`).join(', ')} WHERE id = $1`
  for await (const row of readAll<Row>(client, select))
    await client.query(update, [row.id, ...columns.map(column => toJson(upgradeNames(row[column])))])
}

/**
 * A checkpoint names nodes and questions of the graph that wrote it. Before the gate nothing is lost by deleting it: the scope,
 * the questions and their answers are rows, so the thread starts again and reads nothing twice. After the gate the thread
 * continues where it is.
 */
async function restartBeforeTheGate(client: Client, threads: Threads) {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM investigations i WHERE state IN ('queued', 'running', 'waiting')
     AND NOT EXISTS (SELECT FROM actions WHERE investigation_id = i.id)`,
  )
  for (const { id } of rows) await threads.deleteThread(id)
}

/** An approval for what this version cannot carry out is void, and the timeline says so; an action that had begun needs a person. */
async function voidUnknownActions(client: Client, ledger: Ledger) {
  const { rows } = await client.query<{ id: string; investigation_id: string; proposal: unknown }>(
    `SELECT id, investigation_id, proposal FROM actions WHERE state = ANY($1) ORDER BY id`,
    [[...NOT_BEGUN, ...BEGUN]],
  )
  for (const { id, investigation_id, proposal } of rows) {
    const reason = unknownPart(StoredCalls.parse(proposal))
    if (reason === undefined) continue
    await ledger.moveIn(client, {
      id,
      from: NOT_BEGUN,
      to: 'superseded',
      by: 'syntra',
      message: `The approval is void, because Syntra was upgraded: ${reason}.`,
    })
    await ledger.moveIn(client, {
      id,
      from: BEGUN,
      to: 'failed',
      by: 'syntra',
      message: `The action was under way when Syntra was upgraded, and cannot be continued: ${reason}. It needs human attention.`,
    })
    await enqueue(client, [investigation_id], 'upgraded')
  }
}

const StoredCall = z.object({
  tool: z.string(),
  args: z.record(z.string(), z.json()),
  from: z.unknown().optional(),
})
/** The calls of a stored proposal, whether or not this version knows their tools. */
const StoredCalls = z.object({
  preconditions: z.array(StoredCall),
  steps: z.array(StoredCall),
  undo: z.union([z.object({ steps: z.array(StoredCall) }), z.object({ irreversible: z.string() })]),
  pendingRevert: z.object({ step: StoredCall }).optional(),
  verification: z.object({
    recovered: z.array(StoredCall),
    worse: z.array(StoredCall),
    unrelatedAlerts: z.array(StoredCall).default([]),
  }),
})

/** The first of an action's calls that this version does not know, or undefined. Arguments that come from earlier steps do not exist yet. */
function unknownPart({
  preconditions,
  steps,
  undo,
  pendingRevert,
  verification,
}: z.infer<typeof StoredCalls>): string | undefined {
  const writes = [
    ...steps,
    ...('steps' in undo ? undo.steps : []),
    ...(pendingRevert === undefined ? [] : [pendingRevert.step]),
  ]
  const reads = [
    ...preconditions,
    ...verification.recovered,
    ...verification.worse,
    ...verification.unrelatedAlerts,
  ]
  const calls: Call[] = [
    ...reads.map(({ tool, args }) => ({ tool, args, effect: 'read' as const })),
    ...writes.map(step => ({
      tool: step.tool,
      args: step.from === undefined ? { ...step.args, actionId: SAMPLE_ACTION } : null,
      effect: 'write' as const,
    })),
  ]
  for (const { tool, args, effect } of calls) {
    const known = allTools.find(({ name }) => name === tool)
    if (known?.effect !== effect) return `there is no ${effect} tool ${tool}`
    if (args !== null && !known.input.safeParse(args).success) return `${tool} takes other arguments now`
  }
  return undefined
}

async function* readAll<Row extends { id: string }>(client: Client, select: string): AsyncGenerator<Row> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const { rows } = await client.query<Row>(`${select} LIMIT ${BATCH}`, [after])
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.id
  }
}

async function rename(client: Client, update: string, renamed: Record<string, string>) {
  for (const names of Object.entries(renamed)) await client.query(update, names)
}

function toJson(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value)
}

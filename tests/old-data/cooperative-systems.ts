import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { Predicate } from '@goalixa/agents/devops/verification/predicate'
import { canonicalJson } from '@goalixa/chassis/canonical-json'
import type { ToolExecutor } from '@goalixa/syntra/actions/execution/tool-executor'
import { ARGOCD_APP } from '@goalixa/syntra/testing/argocd-app'
import { findTool } from '@goalixa/tools/catalog'
import type { Tool } from '@goalixa/tools/tool'

type Args = Record<string, unknown>
type Answers = Map<string, Record<string, unknown>>
type Call = { tool: string; action: string }

/**
 * Creates systems that satisfy the preconditions of each proposal, and its recovery predicates once it is executed. They
 * accept only the current tools with valid arguments. `pulls` are the numbers of existing pull requests, by action,
 * and `deployed` the commits that the applications were rolled back to.
 */
export function cooperativeSystems(pulls: Map<string, number>, deployed: ReadonlyMap<string, string>) {
  const writes: Call[] = []
  const expected: { action: string; before: Answers; after: Answers }[] = []
  const carriedOut = new Set<string>()
  let merged = false

  const has = (tool: string, action: string) =>
    writes.some(write => write.tool === tool && write.action === action)
  const resultOf = (tool: string, { actionId }: Args) => {
    const number = pulls.get(String(actionId)) ?? 99
    if (tool === 'forge_open_revert') return { number, branch: 'syntra/revert', sha: 'a'.repeat(40) }
    return tool === 'forge_merge_revert' ? { number, sha: 'b'.repeat(40) } : {}
  }

  const toolExecutor: ToolExecutor = {
    isNotification: name => {
      const tool = findTool(name)
      return tool.effect === 'write' && tool.isNotification === true
    },
    isInProgress: async () => false,
    async read(name, args) {
      const tool = checked(name, 'read', args)
      const key = canonicalJson([name, args])
      if (tool.name === 'delivery_get_app') return { ...ARGOCD_APP, name: args.name }
      if (tool.name === 'forge_contains_commit') return { contains: true }
      if (tool.name === 'forge_get_commit') return revertOf(String(args.sha))
      if (tool.name === 'forge_get_pull_request') return pullRequest(Number(args.number), merged)
      const states = expected.flatMap(({ action, before, after }) => {
        const isCarriedOut = merged || carriedOut.has(action)
        return [before.get(key) ?? {}, (isCarriedOut && after.get(key)) || {}]
      })
      const state = Object.assign({}, ...states)
      if (Object.keys(state).length === 0) throw new Error(`Unexpected read: ${key}`)
      for (const deployment of state.history ?? [])
        deployment.revision ??= deployed.get(String(args.name)) ?? 'c'.repeat(40)
      return state
    },
    async findEffect(name, args) {
      checked(name, 'write', args)
      const isThere = name === 'forge_open_revert' && pulls.has(String(args.actionId))
      return isThere || has(name, String(args.actionId)) ? resultOf(name, args) : undefined
    },
    async write(name, args) {
      checked(name, 'write', args)
      writes.push({ tool: name, action: String(args.actionId) })
      carriedOut.add(String(args.actionId))
      return resultOf(name, args)
    },
  }

  return {
    toolExecutor,
    writes,
    /** Satisfies the preconditions of a proposal, and its recovery predicates once it is executed. */
    expect(action: string, { preconditions, verification }: Proposal, isCarriedOut: boolean) {
      const before: Answers = new Map()
      const after: Answers = new Map()
      expected.push({ action, before, after })
      if (isCarriedOut) carriedOut.add(action)
      for (const { tool, args, path, value } of preconditions) put(before, tool, args, path, value)
      for (const { tool, args, path } of [...verification.worse, ...verification.unrelatedAlerts])
        put(after, tool, args, path, 0)
      for (const predicate of verification.recovered) {
        const { tool, args, path, valueAt } = predicate
        put(after, tool, args, path, valueAt === undefined ? wantedBy(predicate) : 2)
        if (valueAt !== undefined) put(after, tool, args, valueAt, 2)
      }
    },
    /** Merges every pull request, as a person would. */
    merge() {
      merged = true
    },
  }
}

function checked(name: string, effect: Tool['effect'], args: Args): Tool {
  const tool = findTool(name)
  if (tool.effect !== effect) throw new Error(`${name} is not a ${effect} tool`)
  tool.input.parse(args)
  return tool
}

function wantedBy({ op, value }: Predicate): unknown {
  if (op === '<') return Number(value) / 2
  return op === '>' ? Number(value) + 1 : value
}

/** Sets a value at a dotted path of the answer to a read. */
function put(answers: Answers, tool: string, args: Args, path: string, value: unknown) {
  const key = canonicalJson([tool, args])
  const answer = Object(answers.get(key) ?? {})
  answers.set(key, answer)
  if (path.startsWith('samples.')) return Object.assign(answer, { samples: [{ value }] })
  const names = path.split('.')
  const last = names.pop() ?? ''
  const parent = names.reduce((object, name, index) => {
    object[name] ??= /^\d+$/.test(names[index + 1] ?? last) ? [] : {}
    return object[name]
  }, answer)
  parent[last] = value
}

/** Any commit: the merge of a revert changes what the revert does. */
function revertOf(sha: string) {
  const file = { path: 'core/values.yaml', status: 'modified', patch: '+tag: 1.4.0' }
  return { sha, author: 'dev', message: 'Revert', at: null, parents: ['d'.repeat(40)], files: [file] }
}

function pullRequest(number: number, merged: boolean) {
  const side = { ref: 'main', sha: 'a'.repeat(40) }
  const state = merged ? 'closed' : 'open'
  return {
    number,
    title: 'Revert',
    state,
    merged,
    head: side,
    base: side,
    mergeable: true,
    mergeSha: merged ? 'c'.repeat(40) : null,
  }
}

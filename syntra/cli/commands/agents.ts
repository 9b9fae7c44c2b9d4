import { readTools, writeTools } from '@goalixa/tools/catalog'
import pc from 'picocolors'
import type { Context } from '../context.ts'
import { toJsonText } from '../to-json-text.ts'

const AGENTS = [
  { name: 'planner', does: 'turns an alert or a command into questions, in order, within a budget' },
  {
    name: 'evidence',
    does: 'asks them with read tools, in parallel, and records every answer or why there is none',
  },
  { name: 'incident', does: 'derives findings, chains them to a cause, weighs what speaks against it' },
  {
    name: 'devops',
    does: 'chooses a remedy with its undo and its verification, and executes what was approved',
  },
  { name: 'reviewer', does: 'checks a proposal before a person sees it: grounded, allowed, reversible' },
]

/** Lists who does what, and every tool with what it may do. Needs no server. */
export function agents({ isJson, write }: Pick<Context, 'isJson' | 'write'>) {
  const tools = [...readTools, ...writeTools].map(tool => ({
    name: tool.name,
    effect: tool.effect,
    risk: tool.effect === 'write' ? tool.risk : 'R0',
    description: tool.description,
  }))
  if (isJson) return write(`${toJsonText({ agents: AGENTS, tools }, 2)}\n`)
  write(`${pc.bold('Agents')}\n`)
  for (const { name, does } of AGENTS) write(`  ${name.padEnd(12)} ${does}\n`)
  write(`\n${pc.bold('Tools')}\n`)
  for (const { name, risk, description } of tools) write(`  ${risk}  ${name.padEnd(30)} ${description}\n`)
}

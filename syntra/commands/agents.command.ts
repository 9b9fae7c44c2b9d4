import { readTools, writeTools } from '@goalixa/tools/catalog'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { heading } from './presentation/blocks.ts'

const AGENTS = [
  { name: 'planner', does: 'turns an alert or a command into questions, in order, within a budget' },
  {
    name: 'evidence',
    does: 'asks them with read tools in parallel, and records every answer or why there is none',
  },
  {
    name: 'incident',
    does: 'derives findings, links them to a root cause, and weighs the evidence against it',
  },
  {
    name: 'devops',
    does: 'chooses a remedy with its undo and its verification, and executes it once approved',
  },
  { name: 'reviewer', does: 'checks a proposal before a person sees it: grounded, allowed, reversible' },
]

export const agents = defineCommand({
  name: 'agents',
  summary: 'List the agents and every tool with its risk',
  effect: 'read',
  role: null,
  input: z.object({}),
  examples: [{ command: 'syntra agents --json', explanation: 'for scripts' }],
  async run() {
    const tools = [...readTools, ...writeTools].map(tool => ({
      name: tool.name,
      effect: tool.effect,
      risk: tool.effect === 'write' ? tool.risk : 'R0',
      description: tool.description,
    }))
    return { agents: AGENTS, tools }
  },
  present: result => [
    heading('Agents'),
    {
      type: 'table',
      columns: [{}, { overflow: 'wrap' }],
      rows: result.agents.map(({ name, does }) => [name, does]),
    },
    heading('Tools'),
    {
      type: 'table',
      columns: [{}, {}, { overflow: 'wrap' }],
      rows: result.tools.map(({ risk, name, description }) => [risk, name, description]),
    },
  ],
})

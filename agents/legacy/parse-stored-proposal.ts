import { Proposal } from '../devops/proposal.ts'
import { RemovedTool, StepTool } from '../devops/step.ts'

/** A proposal as any version has stored it. Tools that this version does not have become `removed:<name>`. */
export function parseStoredProposal(stored: unknown): Proposal {
  return Proposal.parse(markRemovedTools(stored))
}

function markRemovedTools(stored: unknown): unknown {
  if (!isRecord(stored)) return stored
  const { undo, pendingRevert } = stored
  return {
    ...stored,
    ...markSteps(stored),
    ...(isRecord(undo) ? { undo: { ...undo, ...markSteps(undo) } } : {}),
    ...(isRecord(pendingRevert)
      ? { pendingRevert: { ...pendingRevert, step: markStep(pendingRevert.step) } }
      : {}),
  }
}

function markSteps({ steps }: Record<string, unknown>): { steps?: unknown[] } {
  return Array.isArray(steps) ? { steps: steps.map(markStep) } : {}
}

function markStep(step: unknown): unknown {
  if (!isRecord(step) || typeof step.tool !== 'string') return step
  const isReadable = StepTool.safeParse(step.tool).success || RemovedTool.safeParse(step.tool).success
  return isReadable ? step : { ...step, tool: `removed:${step.tool}` }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { z } from 'zod'

/** What a model has cost an investigation so far. */
export const Spend = z.object({
  calls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  dollars: z.number(),
})
export type Spend = z.infer<typeof Spend>

/** The limits of an investigation, and the prices by which its spend is counted. */
export type BudgetLimits = {
  maxTokens: number
  maxDollars: number
  /** Dollars per million tokens. */
  inputPrice: number
  outputPrice: number
}

/** The spend of an investigation that has not called a model. */
export const NOTHING_SPENT: Spend = { calls: 0, inputTokens: 0, outputTokens: 0, dollars: 0 }

/** Whether one more call fits, with the longest answer that it may give: the limit is never exceeded. */
export function fitsBudget(
  spend: Spend,
  inputTokens: number,
  outputTokens: number,
  limits: BudgetLimits,
): boolean {
  const next = addCall(spend, inputTokens, outputTokens, limits)
  return next.inputTokens + next.outputTokens <= limits.maxTokens && next.dollars <= limits.maxDollars
}

/** The spend after a call. */
export function addCall(
  spend: Spend,
  inputTokens: number,
  outputTokens: number,
  limits: BudgetLimits,
): Spend {
  return {
    calls: spend.calls + 1,
    inputTokens: spend.inputTokens + inputTokens,
    outputTokens: spend.outputTokens + outputTokens,
    dollars:
      spend.dollars + (inputTokens * limits.inputPrice + outputTokens * limits.outputPrice) / 1_000_000,
  }
}

/** A cautious estimate of the tokens of a text, for models that do not count them: one per three characters. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 3)
}

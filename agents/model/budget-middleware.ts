import { createMiddleware } from 'langchain'
import { addCall, type BudgetLimits, estimateTokens, fitsBudget, type Spend } from './budget.ts'
import { OUTPUT_TOKENS } from './create-model.ts'

/** The budget of an investigation and where its spend is stored. */
export type Spending = {
  limits: BudgetLimits
  /** Reads the stored spend, which survives a restart. */
  load(): Promise<Spend>
  save(spend: Spend): Promise<void>
  onSpend?: (call: { inputTokens: number; outputTokens: number; dollars: number }) => void
}

/** Thrown in place of a call that might exceed the budget. */
export class BudgetExhausted extends Error {
  override name = 'BudgetExhausted'
}

/** Keeps every model call of an agent within the budget of its investigation. */
export function budgetMiddleware({ limits, load, save, onSpend }: Spending) {
  return createMiddleware({
    name: 'Budget',
    async wrapModelCall(request, handler) {
      const spent = await load()
      const text = [request.systemPrompt, ...request.messages.map(message => message.text)].join('\n')
      const estimate = estimateTokens(text + JSON.stringify(request.tools.map(describeTool)))
      if (!fitsBudget(spent, estimate, OUTPUT_TOKENS, limits)) throw new BudgetExhausted()
      // The maximum cost is saved before the call, because a call that never returns may have cost that.
      await save(addCall(spent, estimate, OUTPUT_TOKENS, limits))
      const message = await handler(request)
      const inputTokens = message.usage_metadata?.input_tokens ?? estimate
      const outputTokens = message.usage_metadata?.output_tokens ?? estimateTokens(message.text)
      const spend = addCall(spent, inputTokens, outputTokens, limits)
      await save(spend)
      onSpend?.({ inputTokens, outputTokens, dollars: spend.dollars - spent.dollars })
      return message
    },
  })
}

function describeTool(tool: object) {
  return 'name' in tool && 'description' in tool ? { name: tool.name, description: tool.description } : {}
}

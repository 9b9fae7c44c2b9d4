import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { ActionRisk } from '@goalixa/tools/risk-class'

const BUILT_IN = import.meta.dirname

export type Situation = {
  isFrozen: boolean
  isRequester: boolean
  hasDecided: boolean
  objections: number
  approvals: number
  approvalsNeeded: number
  busy: boolean
  actionsInWindow: number
  actionsPerWindow: number
  rollbacksInWindow: number
}
export type Change = {
  id: string
  kind: Proposal['kind']
  risk: ActionRisk
  tier: string
  environment: string
  irreversible: boolean
}
export type Principal = { kind: 'agent' } | { kind: 'operator'; name: string; role: string }
export type PolicyQuestion = {
  principal: Principal
  action: 'propose' | 'actAlone' | 'decide' | 'execute'
  change: Change
  situation: Situation
}
/** `because` are the ids of the policies that decided, `message` their sentences. */
export type PolicyAnswer = { isAllowed: boolean; because: string[]; message: string }

/**
 * Asks the Cedar policies of a folder, read again each time. Fails closed: a missing or broken file, a question that does not
 * fit the schema, or an error inside a policy is a refusal that says so.
 */
export function createPolicy({ folder = BUILT_IN }: { folder?: string } = {}) {
  return {
    async ask(question: PolicyQuestion): Promise<PolicyAnswer> {
      try {
        const [policies, schema] = await Promise.all([
          readFile(join(folder, 'policies.cedar'), 'utf8'),
          readFile(join(folder, 'schema.cedarschema'), 'utf8'),
        ])
        return decide(question, policies, schema)
      } catch (error) {
        return refused(
          `The policy could not be evaluated: ${error instanceof Error ? error.message : 'unknown'}.`,
        )
      }
    },
  }
}
export type Policy = ReturnType<typeof createPolicy>

function decide(question: PolicyQuestion, text: string, schema: string): PolicyAnswer {
  const policies = namedPolicies(text)
  const faults = validate(policies, schema)
  if (faults.length > 0) return refused(`The policy does not fit its schema: ${faults.join('; ')}.`)
  const answer = cedar.isAuthorized({
    ...requestOf(question),
    schema,
    validateRequest: true,
    policies: { staticPolicies: policies },
  })
  if (answer.type === 'failure') return refused(messages(answer.errors))
  const { decision, diagnostics } = answer.response
  if (diagnostics.errors.length > 0) return refused(messages(diagnostics.errors.map(({ error }) => error)))
  return {
    isAllowed: decision === 'allow',
    because: diagnostics.reason,
    message:
      diagnostics.reason.map(id => messageOf(policies[id] ?? '')).join(' ') || 'No policy allows the change.',
  }
}

function requestOf({ principal, action, change, situation }: PolicyQuestion) {
  const { id, ...attrs } = change
  const who =
    principal.kind === 'agent' ? { type: 'Agent', id: 'syntra' } : { type: 'Operator', id: principal.name }
  const resource = { type: 'Change', id }
  const attributes: Record<string, string> = principal.kind === 'operator' ? { role: principal.role } : {}
  return {
    principal: who,
    action: { type: 'Action', id: action },
    resource,
    context: situation,
    entities: [
      { uid: who, attrs: attributes, parents: [] },
      { uid: resource, attrs, parents: [] },
    ],
  }
}

// Cedar numbers the policies of a text; by their own @id a refusal can name the rule.
function namedPolicies(text: string): Record<string, string> {
  const parts = cedar.policySetTextToParts(text)
  if (parts.type === 'failure') throw new Error(messages(parts.errors))
  if (parts.policies.length === 0) throw new Error('the file has no policies; expected at least one')
  const named = new Map<string, string>()
  for (const [index, policy] of parts.policies.entries()) {
    const id = /@id\("([^"]+)"\)/.exec(policy)?.[1] ?? `policy${index}`
    // The later one would silently replace the earlier, and a rule would be gone.
    if (named.has(id)) throw new Error(`two policies have the @id "${id}"; expected each once`)
    named.set(id, policy)
  }
  return Object.fromEntries(named)
}

function validate(policies: Record<string, string>, schema: string): string[] {
  const answer = cedar.validate({ schema, policies: { staticPolicies: policies } })
  if (answer.type === 'failure') return [messages(answer.errors)]
  return answer.validationErrors.map(({ policyId, error }) => `${policyId}: ${error.message}`)
}

// Policies written for version 0.1 have their sentence in `@says`.
function messageOf(policy: string): string {
  return /@(?:message|says)\("([^"]+)"\)/.exec(policy)?.[1] ?? ''
}

function messages(errors: { message: string }[]): string {
  return errors.map(({ message }) => message).join('; ')
}

function refused(message: string): PolicyAnswer {
  return { isAllowed: false, because: [], message }
}

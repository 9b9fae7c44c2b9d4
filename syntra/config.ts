import { parseEnvironmentRules } from '@goalixa/agents/catalog/environment-rules'
import { ServiceConfig } from '@goalixa/chassis/config'
import { extraOf, extraSettings } from '@goalixa/tools/connections/connection-settings'
import { checkToolConfig, reportConnectionFault, ToolConfig } from '@goalixa/tools/tool-config'
import { z } from 'zod'
import { parseBootstrapKeys } from './operators/api-keys.repository.ts'
import { parseOperators } from './operators/parse-operators.ts'
import { parseFreezeWindows } from './policy/freeze-windows.ts'

const seconds = (standard: number) => z.coerce.number().positive().default(standard)
const url = z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' })
const acceptedBy = (parse: (text: string) => unknown) => (text: string, context: z.RefinementCtx) => {
  try {
    parse(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
  }
}

/** The settings of `syntra api` and `syntra worker`, listed in docs/reference/settings.md. A system without an address is not configured, never an error. */
export const SyntraConfig = ServiceConfig.extend({
  // Where the cluster, Prometheus, Alertmanager, Argo CD, GitHub and the runbooks are: tools/tool-config.ts
  ...ToolConfig.shape,

  DATABASE_URL: z
    .string('expected postgres://user:password@host:port/database')
    .regex(/^postgres(?:ql)?:\/\/./, 'expected postgres://user:password@host:port/database')
    .meta({ secret: true })
    .describe('PostgreSQL, database `syntra`.'),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/./, 'expected redis://host:port')
    .optional()
    .meta({ secret: true })
    .describe('Redis or Valkey for the queues; by default they are on PostgreSQL.'),
  SYNTRA_TIME_SCALE: z.coerce
    .number()
    .positive()
    .default(1)
    .describe("The factor by which the cluster's alerting windows are shortened; 1 outside of the sandbox."),

  SYNTRA_WEBHOOK_TOKEN: z
    .string()
    .min(8)
    .optional()
    .meta({ secret: true })
    .describe("The Bearer token of Alertmanager's webhook. Without it every delivery is rejected."),
  SYNTRA_WEBHOOK_BODY_LIMIT: z.coerce
    .number()
    .int()
    .positive()
    .default(8_388_608)
    .describe('Maximum size of one webhook delivery, in bytes.'),
  SYNTRA_ALERT_BACKLOG: z.coerce
    .number()
    .int()
    .positive()
    .default(20_000)
    .describe(
      'Alerts that may wait for the database; beyond it deliveries are answered 503, and Alertmanager retries.',
    ),
  SYNTRA_ALERT_BACKLOG_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(67_108_864)
    .describe('The same limit in bytes of deliveries that are not answered yet.'),
  SYNTRA_GROUP_SECONDS: seconds(600).describe(
    'An alert joins an incident of its service that was active at most this long ago.',
  ),
  SYNTRA_STORM_INCIDENTS: z.coerce
    .number()
    .int()
    .min(0)
    .default(10)
    .describe(
      'If more new incidents than this would be opened in one node or namespace (five times as many in a zone, region or cluster) within five minutes, its alerts join one incident instead; 0 turns this off.',
    ),
  SYNTRA_CLUSTER: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The name of the cluster that this Syntra serves, as the cluster label of its alerts gives it. Alerts that name another one are kept in incidents of their own and not investigated. An Argo CD that deploys to several clusters has to know it by this name.',
    ),
  SYNTRA_CLUSTER_LABEL: z
    .string()
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'expected the name of a label, such as cluster')
    .optional()
    .describe(
      'The label that names the cluster of an alert; by default the first of cluster, k8s_cluster_name, kubernetes_cluster, cluster_name and k8s_cluster that it has.',
    ),
  SYNTRA_CLOSE_SECONDS: seconds(900).describe('A resolved incident closes after this time without an alert.'),
  SYNTRA_REOPEN_SECONDS: seconds(3_600).describe(
    'A closed incident is reopened by its own alert within this time.',
  ),

  SYNTRA_JWKS_URL: url.optional().describe("The key set of the issuer of operators' JWTs."),
  SYNTRA_JWT_ISSUER: z.string().optional().describe("The `iss` of operators' JWTs."),
  SYNTRA_JWT_AUDIENCE: z
    .string()
    .optional()
    .describe("The `aud` of operators' JWTs; required with an issuer."),
  SYNTRA_JWT_ROLE_CLAIM: z
    .string()
    .default('role')
    .describe(
      'The claim with viewer, developer, operator or admin, or a list with one of them; a dotted path leads into objects: `realm_access.roles`.',
    ),
  SYNTRA_OPERATORS: z
    .string()
    .superRefine(acceptedBy(parseOperators))
    .default('')
    .describe(
      '`name:role:subject,…`: who may sign in by JWT although the issuer gives no role, by subject or verified e-mail.',
    ),
  SYNTRA_BOOTSTRAP_KEYS: z
    .string()
    .superRefine(acceptedBy(parseBootstrapKeys))
    .default('')
    .meta({ secret: true })
    .describe('`name:role:key,…`: the valid API keys; the database stores only their hashes.'),

  SYNTRA_POLICY_DIR: z
    .string()
    .min(1, 'expected a folder; remove the variable to use the built-in policy')
    .optional()
    .meta({ rejectsEmpty: true })
    .describe('A folder with `policies.cedar` and `schema.cedarschema`; by default the built-in one.'),
  SYNTRA_APPROVERS_R3: z.coerce
    .number()
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe('How many people approve a change of risk R3 in production; 1 lets a single operator run it.'),
  SYNTRA_APPROVERS_R4: z.coerce
    .number()
    .int()
    .min(1)
    .max(5)
    .default(2)
    .describe('How many people approve a change of risk R4 in production.'),
  SYNTRA_APPROVAL_SECONDS: seconds(1_800).describe(
    'A proposal expires after this time without a decision. An approved action must start within this time of the decision; waiting for a worker adds at most this time again.',
  ),
  SYNTRA_FREEZE_WINDOWS: z
    .string()
    .superRefine(acceptedBy(parseFreezeWindows))
    .default('')
    .describe('`start/end,…` in ISO 8601: no change is made inside of these.'),
  SYNTRA_ENVIRONMENTS: z
    .string()
    .superRefine(acceptedBy(parseEnvironmentRules))
    .default('')
    .describe(
      '`NAMESPACE=ENVIRONMENT,…` with `*` for any text: the environment of namespaces without a label that names it. The first that fits counts.',
    ),
  SYNTRA_ACTION_WINDOW_SECONDS: seconds(1_800).describe(
    'The window of the rate limit of a target; within it, one rollback at most.',
  ),
  SYNTRA_ACTIONS_PER_WINDOW: z.coerce
    .number()
    .int()
    .min(1)
    .default(3)
    .describe('Actions on one target within that window.'),

  SYNTRA_PARALLEL_READS: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(16)
    .describe('Reads that a worker makes at the same time.'),
  SYNTRA_MAX_READS: z.coerce.number().int().min(1).default(200).describe('Reads of one investigation.'),
  SYNTRA_READ_TIMEOUT_SECONDS: seconds(10).describe('Deadline of one read.'),
  SYNTRA_WRITE_TIMEOUT_SECONDS: seconds(60).describe(
    'Deadline of one write that does not wait for a result.',
  ),
  SYNTRA_STEP_PATIENCE_SECONDS: seconds(300).describe(
    'How long a step is retried while its system is unreachable, from its first attempt.',
  ),
  SYNTRA_WORKER_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(8)
    .describe(
      'Slots of one worker for critical investigations, and as many again for other investigations. Actions have their own slots.',
    ),
  SYNTRA_STUCK_SECONDS: seconds(30).describe(
    'An investigation without progress is queued again after this time. Alerts that none has seen wait as long before another one starts.',
  ),
  SYNTRA_JOB_LOCK_SECONDS: seconds(10).describe(
    'How long a worker that crashed or was suspended keeps its jobs, and its leases of threads and targets. A worker that shuts down gives them back at once.',
  ),

  SYNTRA_NOTIFY_WEBHOOK_URL: url
    .optional()
    .meta({ secret: true })
    .describe('Where notifications are posted as CloudEvents; unset means nowhere.'),
  ...extraSettings('SYNTRA_NOTIFY_WEBHOOK', 'the notification webhook'),
  SYNTRA_NOTIFY_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'expected whsec_ and at least 24 random bytes in Base64')
    .optional()
    .meta({ secret: true })
    .describe('The secret that signs them (Standard Webhooks), `whsec_` and Base64.'),

  SYNTRA_EVIDENCE_DAYS: z.coerce
    .number()
    .min(0)
    .max(36_500)
    .default(90)
    .describe(
      'Days after an incident was closed that the results of its evidence are kept for replay; 0 keeps them forever.',
    ),

  SYNTRA_MODEL: z
    .string()
    .optional()
    .describe('`anthropic:MODEL`, `openai:MODEL` or `ollama:MODEL`; unset means no language model.'),
  SYNTRA_MODEL_BASE_URL: url.optional().describe('Where the model is served, if not at its provider.'),
  SYNTRA_MODEL_API_KEY: z.string().optional().meta({ secret: true }).describe('The API key of the model.'),
  ...extraSettings('SYNTRA_MODEL', 'the model'),
  SYNTRA_MODEL_TIMEOUT_SECONDS: seconds(30).describe('Deadline of one run of a model.'),
  SYNTRA_MODEL_MAX_TOKENS: z.coerce
    .number()
    .int()
    .positive()
    .default(50_000)
    .describe('Token limit of one investigation.'),
  SYNTRA_MODEL_MAX_DOLLARS: z.coerce
    .number()
    .positive()
    .default(1)
    .describe('Cost limit of one investigation, in US dollars.'),
  SYNTRA_MODEL_INPUT_PRICE: z.coerce
    .number()
    .min(0)
    .default(3)
    .describe('US dollars per million input tokens.'),
  SYNTRA_MODEL_OUTPUT_PRICE: z.coerce
    .number()
    .min(0)
    .default(15)
    .describe('US dollars per million output tokens.'),
}).superRefine((config, context) => {
  checkToolConfig(config, context)
  for (const prefix of ['SYNTRA_NOTIFY_WEBHOOK', 'SYNTRA_MODEL'] as const)
    reportConnectionFault(prefix, extraOf(prefix, config), context)
})
export type SyntraConfig = z.infer<typeof SyntraConfig>

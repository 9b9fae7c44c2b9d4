import { ServiceConfig } from '@goalixa/chassis/config'
import { loadKubeconfig } from '@goalixa/tools/kubernetes/load-kubeconfig'
import { ToolConfig } from '@goalixa/tools/tool-config'
import { z } from 'zod'
import { parseBootstrapKeys } from './operators/api-keys.repository.ts'
import { parseOperators } from './operators/parse-operators.ts'
import { parseFreezeWindows } from './policy/freeze-windows.ts'

const seconds = (standard: number) => z.coerce.number().positive().default(standard)
const url = z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' })
const understoodBy = (parse: (text: string) => unknown) => (text: string, context: z.RefinementCtx) => {
  try {
    parse(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
  }
}

/** The settings of `syntra api` and `syntra worker`. An integration without a URL is "could not read", never an error. */
export const SyntraConfig = ServiceConfig.extend({
  // Where the cluster, Prometheus, Alertmanager, Argo CD, GitHub and the runbooks are: tools/tool-config.ts
  ...ToolConfig.shape,
  // Read at the start already: a cluster that can not be reached is "could not read", a wrong file is a mistake.
  KUBECONFIG: z
    .string()
    .superRefine(understoodBy(kubeconfig => loadKubeconfig({ kubeconfig })))
    .optional(),

  /** PostgreSQL, database `syntra`. */
  DATABASE_URL: z
    .string('expected postgres://user:password@host:port/database')
    .regex(/^postgres(?:ql)?:\/\/./, 'expected postgres://user:password@host:port/database'),
  /** Queues on Redis or Valkey instead of PostgreSQL. */
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/./, 'expected redis://host:port')
    .optional(),
  /** The factor by which the cluster's alerting windows are shortened; 1 outside of the sandbox. */
  SYNTRA_TIME_SCALE: z.coerce.number().positive().default(1),

  /** The Bearer token of Alertmanager's webhook. Without it every delivery is refused. */
  SYNTRA_WEBHOOK_TOKEN: z.string().min(8).optional(),
  /** Bytes of one webhook delivery. */
  SYNTRA_WEBHOOK_BODY_LIMIT: z.coerce.number().int().positive().default(8_388_608),
  /** Alerts that may wait for the database; more are answered 503, and Alertmanager tries again. */
  SYNTRA_ALERT_BACKLOG: z.coerce.number().int().positive().default(20_000),
  /** The same in bytes of deliveries that are not answered yet. */
  SYNTRA_ALERT_BACKLOG_BYTES: z.coerce.number().int().positive().default(67_108_864),
  /** An alert joins an incident of its service that was active at most this long ago. */
  SYNTRA_GROUP_SECONDS: seconds(600),
  /** A resolved incident closes after this much quiet. */
  SYNTRA_CLOSE_SECONDS: seconds(900),
  /** A closed incident is opened again by its own alert within this time. */
  SYNTRA_REOPEN_SECONDS: seconds(3_600),

  /** Operators' JWTs: the issuer's key set, `iss` and `aud`. */
  SYNTRA_JWKS_URL: url.optional(),
  SYNTRA_JWT_ISSUER: z.string().optional(),
  SYNTRA_JWT_AUDIENCE: z.string().optional(),
  /** The claim that holds viewer, developer, operator or admin, or a list with it; dots lead inside: `realm_access.roles`. */
  SYNTRA_JWT_ROLE_CLAIM: z.string().default('role'),
  /** `name:role:subject,…`: who may sign in by JWT although the issuer gives no role; the subject or the verified e-mail. */
  SYNTRA_OPERATORS: z.string().superRefine(understoodBy(parseOperators)).default(''),
  /** `name:role:key,…`: keys that are there from the start; the database holds only their hashes. */
  SYNTRA_BOOTSTRAP_KEYS: z.string().superRefine(understoodBy(parseBootstrapKeys)).default(''),

  /** A folder with `policies.cedar` and `schema.cedarschema`; the built-in one by default. */
  SYNTRA_POLICY_DIR: z.string().optional(),
  /** How many persons approve a change of risk R3. The default 1 lets a single operator run it. */
  SYNTRA_APPROVERS_R3: z.coerce.number().int().min(1).max(5).default(1),
  SYNTRA_APPROVERS_R4: z.coerce.number().int().min(1).max(5).default(2),
  SYNTRA_APPROVAL_SECONDS: seconds(1_800),
  /** `ISO/ISO,…`: no change is made inside of these. */
  SYNTRA_FREEZE_WINDOWS: z.string().superRefine(understoodBy(parseFreezeWindows)).default(''),
  /** Within this time a target takes at most so many actions, and one rollback. */
  SYNTRA_ACTION_WINDOW_SECONDS: seconds(1_800),
  SYNTRA_ACTIONS_PER_WINDOW: z.coerce.number().int().min(1).default(3),

  /** Reads that a worker makes at the same time, and the most that one investigation may make. */
  SYNTRA_PARALLEL_READS: z.coerce.number().int().min(1).max(64).default(16),
  SYNTRA_MAX_READS: z.coerce.number().int().min(1).default(200),
  SYNTRA_READ_TIMEOUT_SECONDS: seconds(10),
  SYNTRA_WRITE_TIMEOUT_SECONDS: seconds(60),
  /** How long a step of an action is tried again while its system can not be reached, from its first attempt on. */
  SYNTRA_STEP_PATIENCE_SECONDS: seconds(300),
  /** Threads that one worker advances at the same time. */
  SYNTRA_WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(100).default(8),
  /** After this time without a move an investigation is queued again, and an alert that joined too late is looked into. */
  SYNTRA_STUCK_SECONDS: seconds(30),
  /** How long a dead worker keeps its jobs. */
  SYNTRA_JOB_LOCK_SECONDS: seconds(10),

  /** Days after an incident was closed that the results of its evidence are kept, for replay; 0 keeps them for ever. */
  SYNTRA_EVIDENCE_DAYS: z.coerce.number().min(0).max(36_500).default(90),

  /** `anthropic:MODEL`, `openai:MODEL` or `ollama:MODEL`; unset means that no model is used. */
  SYNTRA_MODEL: z.string().optional(),
  SYNTRA_MODEL_BASE_URL: url.optional(),
  SYNTRA_MODEL_API_KEY: z.string().optional(),
  SYNTRA_MODEL_TIMEOUT_SECONDS: seconds(30),
  /** Hard limits of one investigation. Prices are US dollars for a million tokens. */
  SYNTRA_MODEL_MAX_TOKENS: z.coerce.number().int().positive().default(50_000),
  SYNTRA_MODEL_MAX_DOLLARS: z.coerce.number().positive().default(1),
  SYNTRA_MODEL_INPUT_PRICE: z.coerce.number().min(0).default(3),
  SYNTRA_MODEL_OUTPUT_PRICE: z.coerce.number().min(0).default(15),
})
export type SyntraConfig = z.infer<typeof SyntraConfig>

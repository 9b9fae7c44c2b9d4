/**
 * How far from the ground a fact is. A fact explains facts of the same service above it, never below:
 * 0 the world outside · 1 a setting · 2 what a process does over time · 3 how a process fails · 4 availability ·
 * 5 calls and silence · 6 what users feel · 7 the alert.
 */
export type Layer = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7

/** What a fact does to those who depend on it. `start`: pods can not become ready, which harms only where pods miss. */
export type Effect = 'slow' | 'errors' | 'down' | 'start'

export type CodeCard = {
  message: string
  layer: Layer
  effects: Effect[]
  /** The code of the cause if this is the root, and if a release brought it; null: never a root, only a sign. */
  cause: { plain: string; release?: string } | null
  /** Which changed fields can bring it about; null: no change of ours can. */
  mechanism: RegExp | null
}

const TEMPLATE = /image|env|command|args|config|secret|volumes|resources/i
const IMAGE = /image/i
const SETTINGS = /env|config|secret|volume|data/i
const SERVICE = /targetPort|ports?\b|selector|labels|service/i

/** Every code the engine knows, each with a sentence. Causes are roots; `says` is what it is in general. */
export const CODES: Readonly<Record<string, CodeCard>> = {
  DEPENDENCY_DOWN: card(
    'Something outside that a service needs does not answer.',
    0,
    ['errors', 'slow', 'down'],
    'DEPENDENCY_DOWN',
  ),
  DEPENDENCY_REFUSES_CONNECTIONS: card(
    'Something outside that a service needs refuses its connections.',
    0,
    ['errors', 'slow', 'down'],
    'DEPENDENCY_REFUSES_CONNECTIONS',
  ),
  CERTIFICATE_EXPIRED: card(
    'The certificate of something that a service calls has expired.',
    0,
    ['errors', 'slow', 'down', 'start'],
    'CERTIFICATE_EXPIRED',
  ),
  NODE_NOT_READY: card(
    'A node is not well, and with it what runs on it.',
    0,
    ['down', 'slow', 'errors'],
    'NODE_NOT_READY',
  ),
  TRAFFIC_SURGE: card(
    'Many more requests than before come in from outside.',
    0,
    ['slow', 'errors'],
    'TRAFFIC_SURGE',
  ),

  IMAGE_NOT_FOUND: card('The image does not exist in the registry.', 1, ['start'], 'IMAGE_NOT_FOUND', IMAGE),
  IMAGE_AUTH_REFUSED: card(
    'The registry refuses the credentials.',
    1,
    ['start'],
    'IMAGE_AUTH_REFUSED',
    /image|secret/i,
  ),
  IMAGE_RATE_LIMITED: card(
    'The registry limits how often images may be pulled.',
    1,
    ['start'],
    'IMAGE_RATE_LIMITED',
    IMAGE,
  ),
  IMAGE_WRONG_ARCHITECTURE: card(
    'The image has no variant for the node.',
    1,
    ['start'],
    'IMAGE_WRONG_ARCHITECTURE',
    IMAGE,
  ),
  IMAGE_REGISTRY_UNREACHABLE: card(
    'The registry of the image does not answer.',
    0,
    ['start'],
    'IMAGE_REGISTRY_UNREACHABLE',
  ),
  IMAGE_PULL_FAILS: card('The image can not be pulled.', 1, ['start'], 'IMAGE_PULL_FAILS', IMAGE),
  CONFIG_MISSING: card(
    'A ConfigMap or Secret that a pod wants does not exist.',
    1,
    ['start'],
    'CONFIG_MISSING',
    SETTINGS,
  ),
  CONFIG_KEY_MISSING: card(
    'A key that a pod wants of a ConfigMap or Secret does not exist.',
    1,
    ['start'],
    'CONFIG_KEY_MISSING',
    SETTINGS,
  ),
  READINESS_PROBE_FAILS: card(
    'The readiness probe asks the wrong thing of a process that is fine.',
    1,
    ['start'],
    'READINESS_PROBE_FAILS',
    /readinessProbe|ports|image/i,
  ),
  LIVENESS_PROBE_FAILS: card(
    'A process is killed because its liveness probe fails.',
    2,
    ['slow', 'errors', 'down'],
    'LIVENESS_PROBE_FAILS',
    /livenessProbe|ports|image|env/i,
  ),
  SERVICE_PORT_MISMATCH: card(
    'A Service sends to a port on which its pods do not listen.',
    1,
    ['errors', 'slow', 'down'],
    'SERVICE_PORT_MISMATCH',
    SERVICE,
  ),
  SERVICE_SELECTOR_MISMATCH: card(
    'A Service selects labels that its pods do not have.',
    1,
    ['errors', 'slow', 'down'],
    'SERVICE_SELECTOR_MISMATCH',
    SERVICE,
  ),
  SERVICE_NOT_FOUND: card(
    'A service calls a name that no Service has.',
    1,
    ['errors', 'slow', 'down', 'start'],
    'SERVICE_NOT_FOUND',
    /service|name/i,
  ),
  SCALED_BELOW_GIT: card(
    'Somebody scaled a workload by hand below what Git says.',
    1,
    ['slow', 'errors', 'down'],
    'SCALED_BELOW_GIT',
    /replicas/,
  ),
  CALLS_THROUGH_INGRESS: card(
    'A service calls another one round through the Ingress.',
    1,
    ['slow', 'errors'],
    'CALLS_THROUGH_INGRESS',
    /env|config|image|url|data/i,
  ),
  SYNC_FAILED: card('Argo CD could not apply what Git says.', 1, ['start'], 'SYNC_FAILED', /./),
  QUOTA_EXCEEDED: card(
    'A quota does not allow more pods.',
    1,
    ['start'],
    'QUOTA_EXCEEDED',
    /replicas|resources/i,
  ),
  PODS_REFUSED: card('The API refuses to create the pods.', 1, ['start'], 'PODS_REFUSED', TEMPLATE),
  UNSCHEDULABLE: card(
    'No node takes the pod.',
    1,
    ['start'],
    'UNSCHEDULABLE',
    /resources|affinity|nodeSelector|tolerations|volumes/i,
  ),

  VOLUME_NOT_MOUNTED: card(
    'A volume that a pod wants can not be attached or mounted.',
    1,
    ['start'],
    'VOLUME_NOT_MOUNTED',
    /volume|claim|storage/i,
  ),
  ROLLOUT_PAUSED: card(
    'Somebody paused a rollout, so what was changed does not reach the pods.',
    1,
    ['start'],
    'ROLLOUT_PAUSED',
  ),
  STARTUP_PROBE_FAILS: card(
    'A process is killed because it does not start as its startup probe demands.',
    2,
    ['start'],
    'STARTUP_PROBE_FAILS',
    /startupProbe|ports|image|env|resources/i,
  ),
  MEMORY_LIMIT_LOWERED: card(
    'A release gives a process less memory than it needs.',
    1,
    ['slow', 'errors', 'down'],
    'MEMORY_LIMIT_LOWERED',
    /resources/i,
  ),
  MEMORY_LEAK: card(
    'A process keeps memory for ever and reaches its limit.',
    2,
    ['slow', 'errors', 'down'],
    'MEMORY_LEAK',
    /image|env|resources/i,
  ),
  MEMORY_GROWS_WITH_LOAD: card(
    'A process needs more memory because it has more to do.',
    2,
    ['slow', 'errors', 'down'],
    'MEMORY_GROWS_WITH_LOAD',
    /resources|replicas/i,
  ),

  OOM_KILLED: card(
    'A container was killed at its memory limit.',
    3,
    ['slow', 'errors', 'down'],
    'MEMORY_LIMIT_HIT',
    /image|env|resources/i,
  ),
  CRASH_LOOP: {
    ...card('A process ends again and again.', 3, ['start'], 'PROCESS_CRASHES', TEMPLATE),
    cause: { plain: 'PROCESS_CRASHES', release: 'RELEASE_CRASHES_AT_START' },
  },
  NOT_READY: card(
    'A process says by itself that it is not ready.',
    3,
    ['start'],
    'PROCESS_NOT_READY',
    TEMPLATE,
  ),
  REVISION_CUT_OFF: card(
    'The pods of a release do not reach what the pods before them reach.',
    2,
    ['start', 'errors'],
    'RELEASE_CANNOT_CONNECT',
    TEMPLATE,
  ),
  REVISION_SLOWER: card(
    'A release made its service slower.',
    3,
    ['slow', 'errors'],
    'RELEASE_SLOW',
    TEMPLATE,
  ),
  REVISION_ERRORS: card('A release makes its service fail.', 3, ['errors'], 'RELEASE_ERRORS', TEMPLATE),
  SERVICE_SLOW: card(
    'A service became slower by itself, without a release.',
    3,
    ['slow', 'errors'],
    'SERVICE_SLOW',
    SETTINGS,
  ),
  SERVICE_ERRORS: card(
    'A service fails by itself, without a release.',
    3,
    ['errors'],
    'SERVICE_ERRORS',
    SETTINGS,
  ),
  AUTOSCALER_AT_LIMIT: card('A workload may not have more replicas.', 3, ['slow'], null),

  ROLLOUT_STUCK: card('A rollout does not come to an end.', 4, ['start'], null),
  REPLICAS_MISSING: card('Fewer pods are ready than wanted.', 4, ['slow', 'errors', 'down'], null),
  NO_READY_ENDPOINTS: card('No pod behind a Service is ready.', 4, ['errors', 'slow', 'down'], null),

  WENT_SILENT: card('A service gets hardly any requests any more.', 5, ['errors', 'slow'], null),
  UPSTREAM_ERRORS: card('Calls of one service to another fail.', 5, ['errors', 'slow', 'down'], null),
  ERRORS_UP: card('A service answers with more errors.', 6, ['errors', 'slow', 'down'], null),
  LATENCY_UP: card('A service answers more slowly.', 6, ['slow', 'errors'], null),
  DRIFT_FROM_GIT: card('An object is not what Git says.', 7, [], null),
  ALERT_FIRING: card('The alert fires.', 7, [], null),
}

/** The card of a code; a code without one is a bug. */
export function cardOf(code: string): CodeCard {
  const found = CODES[code]
  if (found === undefined) throw new Error(`Code ${code} is not in the table of codes.`)
  return found
}

function card(
  message: string,
  layer: Layer,
  effects: Effect[],
  cause: string | null,
  mechanism: RegExp | null = null,
): CodeCard {
  return { message, layer, effects, cause: cause === null ? null : { plain: cause }, mechanism }
}

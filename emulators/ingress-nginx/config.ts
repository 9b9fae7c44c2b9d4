import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** The settings of the ingress controller. */
export const IngressConfig = z.object({
  KUBECONFIG: z.string().min(1),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).default(10_254),
  /** Milliseconds added to each request: the cost of TLS and distance at a real edge. */
  EDGE_LATENCY_MS: z.coerce.number().min(0).default(0),
  /** The host of requests that name this machine instead of a host. */
  DEFAULT_HOST: z.string().default('app.goalixa.com'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
})
export type IngressConfig = z.infer<typeof IngressConfig>

/** Reads the settings; throws with all errors at once. */
export function readIngressConfig(env?: NodeJS.ProcessEnv): IngressConfig {
  return readConfig(IngressConfig, env)
}

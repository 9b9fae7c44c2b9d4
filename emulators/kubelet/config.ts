import { fileURLToPath } from 'node:url'
import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** The kubelet's settings. */
export const KubeletConfig = z.object({
  KUBECONFIG: z.string().min(1),
  NODE_NAME: z.string().min(1),
  /** The address of the kubelet's server, and the node's InternalIP. */
  NODE_IP: z.ipv4().default('127.0.0.1'),
  /** The address range of the pods, one address each; this machine must be able to bind them. */
  POD_CIDR: z.cidrv4(),
  /** The local registry: `<registry>/<repository>/<tag>.json`. */
  IMAGES_DIR: z.string().min(1),
  /** Pod folders and logs; emptied at startup. */
  DATA_DIR: z.string().min(1),
  KUBELET_PORT: z.coerce.number().int().min(0).max(65_535).default(10_250),
  /** Divides every backoff and retry delay. */
  BACKOFF_SCALE: z.coerce.number().positive().default(1),
  /** The address to which the hosts of Ingress objects resolve in pods. */
  INGRESS_IP: z.ipv4().optional(),
  /** The capacity of the node; by default that of this machine. */
  NODE_CPU: z.string().optional(),
  NODE_MEMORY: z.string().optional(),
  /** The base of relative paths in images. */
  REPOSITORY_ROOT: z.string().default(fileURLToPath(new URL('../..', import.meta.url))),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
  HOME: z.string().default('/'),
  TMPDIR: z.string().default('/tmp'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
})
export type KubeletConfig = z.infer<typeof KubeletConfig>

/** Reads the settings; throws with all errors at once. */
export function readKubeletConfig(env?: NodeJS.ProcessEnv): KubeletConfig {
  return readConfig(KubeletConfig, env)
}

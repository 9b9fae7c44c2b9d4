import { fileURLToPath } from 'node:url'
import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** The kubelet's settings. */
export const KubeletConfig = z.object({
  KUBECONFIG: z.string().min(1),
  NODE_NAME: z.string().min(1),
  /** The address the kubelet's own server listens on, and the node's InternalIP. */
  NODE_IP: z.ipv4().default('127.0.0.1'),
  /** Every pod gets an address of its own out of this range; the machine must be able to bind them. */
  POD_CIDR: z.cidrv4(),
  /** The local registry: `<registry>/<repository>/<tag>.json`. */
  IMAGES_DIR: z.string().min(1),
  /** Pod folders and logs; emptied at start. */
  DATA_DIR: z.string().min(1),
  KUBELET_PORT: z.coerce.number().int().min(0).max(65_535).default(10_250),
  /** Divides every back-off and retry delay. */
  BACKOFF_SCALE: z.coerce.number().positive().default(1),
  /** Where the hosts of Ingress objects lead to, as seen from pods. */
  INGRESS_IP: z.ipv4().optional(),
  /** What the node claims to have; by default what the machine has. */
  NODE_CPU: z.string().optional(),
  NODE_MEMORY: z.string().optional(),
  /** What relative paths of images start from. */
  REPOSITORY_ROOT: z.string().default(fileURLToPath(new URL('../..', import.meta.url))),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
  HOME: z.string().default('/'),
  TMPDIR: z.string().default('/tmp'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
})
export type KubeletConfig = z.infer<typeof KubeletConfig>

/** Reads the settings; throws with every fault at once. */
export function readKubeletConfig(env?: NodeJS.ProcessEnv): KubeletConfig {
  return readConfig(KubeletConfig, env)
}

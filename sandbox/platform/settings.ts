import { fileURLToPath } from 'node:url'

/** The root of the repository: processes run here, and paths in images are relative to it. */
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The factor that shortens every window of Prometheus, Alertmanager and Argo CD in the sandbox. It affects nothing
 * else.
 */
export const TIME_SCALE = 30

/**
 * The latency that the edge adds to each request for TLS and distance. Users pay it once; a call that goes through the
 * Ingress again pays it twice.
 */
export const EDGE_LATENCY_MS = 160

export const NAMESPACE = 'goalixa-production'
export const PROJECT = 'goalixa-production'
export const DEPLOY_REPOSITORY = 'goalixa/deploy'
export const APPS = ['auth', 'core', 'bff', 'pwa'] as const
export type AppName = (typeof APPS)[number]

/** The initial release. */
export const FIRST_VERSION = '1.4.0'

/** Returns the name of a service's image of a version. */
export function imageOf(service: string, version: string): string {
  return `harbor.goalixa.com/goalixa/${service}:${version}`
}

/** Returns the command of a service; a release with different behaviour adds `preload`. */
export function commandOf(service: AppName): string[] {
  return service === 'pwa' ? ['node', 'pwa/main.ts'] : ['node', `product-services/${service}/main.ts`]
}

/** The only node of the sandbox. */
export const NODE_NAME = 'sandbox-node-1'

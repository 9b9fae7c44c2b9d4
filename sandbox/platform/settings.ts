import { fileURLToPath } from 'node:url'

/** The repository's root: processes run here, and images name their entry points from here. */
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

/** Every window of Prometheus, Alertmanager and Argo CD is this many times shorter in the sandbox, and nothing else is. */
export const TIME_SCALE = 30

/** What the edge adds to each request for TLS and distance. Users pay it once; a call that goes round pays it again. */
export const EDGE_LATENCY_MS = 160

export const NAMESPACE = 'goalixa-production'
export const PROJECT = 'goalixa-production'
export const DEPLOY_REPOSITORY = 'goalixa/deploy'
export const APPS = ['auth', 'core', 'bff', 'pwa'] as const
export type AppName = (typeof APPS)[number]

/** The release that everything starts from. */
export const FIRST_VERSION = '1.4.0'

/** The name of a service's image at a version. */
export function imageOf(service: string, version: string): string {
  return `harbor.goalixa.com/goalixa/${service}:${version}`
}

/** How a service's process is started; a release that behaves otherwise adds `preload`. */
export function commandOf(service: AppName): string[] {
  return service === 'pwa' ? ['node', 'pwa/main.ts'] : ['node', `product-services/${service}/main.ts`]
}

import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** The real Argo CD to run the suite against; by default the emulator. */
export const conformanceConfig = readConfig(
  z.object({
    CONFORMANCE_ARGOCD_URL: z.url().optional(),
    CONFORMANCE_ARGOCD_TOKEN: z.string().optional(),
    /** An empty Git repository that this machine can push to and Argo CD can read, with credentials in the URL. */
    CONFORMANCE_ARGOCD_REPO: z.url().optional(),
    /** The cluster that Argo CD deploys to. */
    CONFORMANCE_ARGOCD_KUBECONFIG: z.string().optional(),
    /**
     * A file with Argo CD's Swagger document (its server has it under /swagger.json), by default
     * `shared/data/openapi/argo-cd.json` beside the checkout: every response is validated against it.
     */
    CONFORMANCE_ARGOCD_OPENAPI: z.string().optional(),
  }),
)

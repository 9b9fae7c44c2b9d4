import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** A real Argo CD to hold against the same suite; unset means the emulation. */
export const conformanceConfig = readConfig(
  z.object({
    CONFORMANCE_ARGOCD_URL: z.url().optional(),
    CONFORMANCE_ARGOCD_TOKEN: z.string().optional(),
    /** An empty Git repository that this machine may push to and Argo CD may read, credentials in the address. */
    CONFORMANCE_ARGOCD_REPO: z.url().optional(),
    /** The cluster Argo CD deploys to. */
    CONFORMANCE_ARGOCD_KUBECONFIG: z.string().optional(),
    /** A file with Argo CD's Swagger document (its server has it under /swagger.json): every response is held against it. */
    CONFORMANCE_ARGOCD_OPENAPI: z.string().optional(),
  }),
)

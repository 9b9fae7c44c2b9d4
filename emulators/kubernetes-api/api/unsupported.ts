import type { IncomingHttpHeaders } from 'node:http'
import { StatusError } from '../registry/status-error.ts'

const NOT_OFFERED: [RegExp, string][] = [
  [
    /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(exec|attach)$/,
    'exec, attach and cp are not offered here: a container is a plain process of this machine, so its logs, its address and its files are at hand',
  ],
  [
    /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/portforward$/,
    'port-forward is not offered here, nor needed: the address of a pod or service is one of this machine, so call it directly',
  ],
  [
    /^\/api\/v1\/(namespaces\/[^/]+\/(pods|services)|nodes)\/[^/]+\/proxy(\/|$)/,
    'the proxy is not offered here, nor needed: the address of a pod, service or node is one of this machine, so call it directly',
  ],
  [
    /^\/api\/v1\/namespaces\/[^/]+\/serviceaccounts\/[^/]+\/token$/,
    'tokens of service accounts are not issued here: use the token the control plane was started with',
  ],
]

/** Throws StatusError 501 with the reason and the way around for what a cluster has and this server leaves out. */
export function refuseWhatIsNotOffered(path: string, headers: IncomingHttpHeaders): void {
  const refusal = NOT_OFFERED.find(([pattern]) => pattern.test(path))?.[1] ?? impersonation(headers)
  if (refusal) throw new StatusError(501, 'NotImplemented', refusal)
}

// To answer as the administrator instead would tell a person that anybody may do anything.
function impersonation(headers: IncomingHttpHeaders): string | undefined {
  if (!Object.keys(headers).some(name => name.startsWith('impersonate-'))) return undefined
  return 'impersonation (--as) is not offered here: roles and bindings are kept, not enforced, so there is nothing to ask'
}

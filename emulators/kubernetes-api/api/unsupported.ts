import type { IncomingHttpHeaders } from 'node:http'
import { StatusError } from '../registry/status-error.ts'

const UNSUPPORTED: [RegExp, string][] = [
  [
    /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(exec|attach)$/,
    'exec, attach and cp are not supported by this emulator: a container is a process of this machine, so read its logs and files here and call its address directly',
  ],
  [
    /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/portforward$/,
    'port-forward is not supported by this emulator: the address of a pod or service belongs to this machine, so call it directly',
  ],
  [
    /^\/api\/v1\/(namespaces\/[^/]+\/(pods|services)|nodes)\/[^/]+\/proxy(\/|$)/,
    'the proxy is not supported by this emulator: the address of a pod, service or node belongs to this machine, so call it directly',
  ],
  [
    /^\/api\/v1\/namespaces\/[^/]+\/serviceaccounts\/[^/]+\/token$/,
    'service account tokens are not supported by this emulator: use the token with which it was started',
  ],
]

/** Throws StatusError 501, with a workaround, for a feature of a cluster that this server lacks. */
export function rejectUnsupported(path: string, headers: IncomingHttpHeaders): void {
  const reason = UNSUPPORTED.find(([pattern]) => pattern.test(path))?.[1] ?? impersonation(headers)
  if (reason) throw new StatusError(501, 'NotImplemented', reason)
}

// Answering as the administrator would mislead: every user would appear to be allowed everything.
function impersonation(headers: IncomingHttpHeaders): string | undefined {
  if (!Object.keys(headers).some(name => name.startsWith('impersonate-'))) return undefined
  return 'impersonation (--as) is not supported by this emulator: roles and bindings are stored, not enforced'
}

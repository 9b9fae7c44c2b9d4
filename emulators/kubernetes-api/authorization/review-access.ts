import { json, type Reply } from '../api/reply.ts'
import type { ApiRequest } from '../api/request.ts'

const READING = new Set(['get', 'list', 'watch'])

/** Handles SelfSubjectAccessReview, SelfSubjectRulesReview and SelfSubjectReview, for the role of the token. */
export function reviewAccess({ path, body, user }: ApiRequest): Reply | undefined {
  const document = (body ?? {}) as {
    spec?: { resourceAttributes?: { verb?: string }; nonResourceAttributes?: { verb?: string } }
  }
  if (path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') {
    const verb = document.spec?.resourceAttributes?.verb ?? document.spec?.nonResourceAttributes?.verb ?? ''
    const allowed = user.canWrite || READING.has(verb)
    return json(201, {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec: document.spec,
      status: { allowed },
    })
  }
  if (path === '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews') {
    const verbs = user.canWrite ? ['*'] : [...READING]
    const status = {
      resourceRules: [{ verbs, apiGroups: ['*'], resources: ['*'] }],
      nonResourceRules: [{ verbs: user.canWrite ? ['*'] : ['get'], nonResourceURLs: ['*'] }],
      incomplete: false,
    }
    return json(201, {
      kind: 'SelfSubjectRulesReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec: {},
      status,
    })
  }
  if (path === '/apis/authentication.k8s.io/v1/selfsubjectreviews') {
    const userInfo = { username: user.name, groups: user.groups }
    return json(201, {
      kind: 'SelfSubjectReview',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {},
      status: { userInfo },
    })
  }
  return undefined
}

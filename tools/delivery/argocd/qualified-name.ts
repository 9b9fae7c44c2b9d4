import type { RawApplication } from './raw-application.ts'

/** The namespace in which Argo CD is installed by default; applications in it go by their name alone. */
const ARGOCD_NAMESPACE = 'argocd'

/** The name of an application in Syntra: `namespace/name` in any other namespace. Argo CD takes `appNamespace` also for its own. */
export function qualifiedName({ metadata }: RawApplication): string {
  const { namespace, name } = metadata
  return !namespace || namespace === ARGOCD_NAMESPACE ? name : `${namespace}/${name}`
}

/** The parameters by which Argo CD's API finds an application: without `appNamespace` it looks in its own namespace. */
export function splitName(qualified: string): { name: string; appNamespace?: string } {
  const [first = '', second] = qualified.split('/')
  return second === undefined ? { name: first } : { name: second, appNamespace: first }
}

import { type Application, instanceName } from '../applications/application.ts'
import { type KubeObject, keyOf, keyText } from '../cluster/kube-object.ts'
import { TRACKING_ID } from './annotations.ts'

/**
 * Prepares a manifest for applying: sets its namespace and the application's tracking id, and encodes the stringData of
 * Secrets.
 */
export function prepareTarget(
  manifest: KubeObject,
  { metadata, spec }: Application,
  isNamespaced: boolean,
): KubeObject {
  const { namespace: own, ...rest } = manifest.metadata
  const namespace = isNamespaced ? own || spec.destination.namespace || 'default' : undefined
  const placed = {
    ...encodeSecret(manifest),
    metadata: { ...rest, ...(namespace ? { namespace } : {}) },
  } as KubeObject
  const trackingId = `${instanceName(metadata)}:${keyText(keyOf(placed))}`
  return {
    ...placed,
    metadata: {
      ...placed.metadata,
      annotations: { ...placed.metadata.annotations, [TRACKING_ID]: trackingId },
    },
  }
}

// The API server does the same, so that target and live object can be compared.
function encodeSecret(manifest: KubeObject): KubeObject {
  const { stringData, data, ...rest } = manifest as KubeObject & {
    stringData?: Record<string, unknown>
    data?: object
  }
  if (manifest.kind !== 'Secret' || !stringData) return manifest
  const encoded = Object.entries(stringData).map(([name, text]) => [
    name,
    Buffer.from(String(text)).toString('base64'),
  ])
  return { ...rest, data: { ...data, ...Object.fromEntries(encoded) } } as KubeObject
}

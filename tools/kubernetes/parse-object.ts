import { isRecord } from '@goalixa/chassis/is-record'
import type { Cut } from '../evidence.ts'
import { parseInSlices } from '../http/parse-in-slices.ts'
import { tolerantArray } from '../http/tolerant-array.ts'
import { apiVersionOf, type Kind } from './kinds.ts'
import { KubernetesObject } from './kubernetes-object.ts'
import { stripSecretData } from './strip-secret-data.ts'

/** Parses one object of a kind in an answer of the API server. */
export async function parseObject(kind: Kind, raw: unknown, signal: AbortSignal): Promise<KubernetesObject> {
  return stripSecretData(await parseInSlices('Kubernetes', KubernetesObject, clean(kind, raw), signal))
}

/** Parses the items of a list; those that are unreadable are left out and added to `unreadable`. */
export async function parseObjects(
  kind: Kind,
  items: readonly unknown[],
  signal: AbortSignal,
  unreadable: Cut[],
): Promise<KubernetesObject[]> {
  const cleaned = items.map(item => clean(kind, item))
  const objects = await parseInSlices('Kubernetes', Objects, cleaned, signal, { path: 'items', unreadable })
  return objects.map(stripSecretData)
}

const Objects = tolerantArray(KubernetesObject)

// The items of a list have neither kind nor apiVersion.
function clean(kind: Kind, raw: unknown): unknown {
  const fields = isRecord(raw) ? raw : {}
  const { managedFields: _, ...metadata } = isRecord(fields.metadata) ? fields.metadata : {}
  return { ...fields, apiVersion: apiVersionOf(kind), kind, metadata }
}

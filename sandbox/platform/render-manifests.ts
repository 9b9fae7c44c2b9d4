import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { parseAllDocuments, stringify } from 'yaml'
import { z } from 'zod'

const Manifest = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) })

/**
 * Renders a Kustomize overlay to plain manifests, one object a file, under `<environment>/<app>/<kind>[-<name>].yaml`.
 * An object belongs to the app whose name is its name or a prefix of it (`core`, `core-config`).
 */
export async function renderManifests(
  overlay: string,
  environment: string,
  apps: readonly string[],
): Promise<Map<string, string>> {
  const { stdout } = await promisify(execFile)('kubectl', ['kustomize', overlay], {
    maxBuffer: 16 * 1024 * 1024,
  }).catch(error => {
    const reason = error.stderr || error.message
    throw new Error(
      `kubectl could not render ${overlay}; expected the kubectl that bin/setup chose: run bin/setup. ${reason}`,
    )
  })
  const manifests = parseAllDocuments(stdout).map(document => Manifest.parse(document.toJS()))
  return new Map(
    manifests.map(manifest => {
      const { name } = manifest.metadata
      const app = apps.find(candidate => name === candidate || name.startsWith(`${candidate}-`))
      if (!app) throw new Error(`${manifest.kind} ${name} belongs to none of the apps ${apps.join(', ')}.`)
      const suffix = name === app ? '' : name.slice(app.length)
      return [`${environment}/${app}/${manifest.kind.toLowerCase()}${suffix}.yaml`, stringify(manifest)]
    }),
  )
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { allTools } from '@goalixa/tools/catalog'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { importsOf, ROOT, sourceFiles } from './source-files.ts'

const files = sourceFiles()
const manifests = new Map<string, Manifest>()
const workspaces = [...new Set(files.flatMap(path => workspaceOf(path) ?? []))]
const isTest = (path: string) => /\.test\.ts$|(^|\/)(testing|tests)\//.test(path)

describe('folders', () => {
  it('none is a catch-all such as utils or common', () => {
    const drawers = files.filter(path => /(^|\/)(utils?|helpers?|common|misc|managers?)(\/|\.ts$)/.test(path))
    expect(drawers).toEqual([])
  })

  it('every top-level folder has a README that describes what belongs in it', () => {
    const tops = [
      'syntra',
      'agents',
      'tools',
      'chassis',
      'pwa',
      'k8s',
      'runbooks',
      'emulators',
      'sandbox',
      'evals',
    ]
    expect(tops.filter(top => !existsSync(join(ROOT, top, 'README.md')))).toEqual([])
  })

  it('no source file is longer than 300 lines', () => {
    const long = files.filter(path => readFileSync(ROOT + path, 'utf8').split('\n').length > 300)
    expect(long).toEqual([])
  })
})

describe('imports', () => {
  // The workspaces that each folder may import; the first match wins.
  const walls: [folder: RegExp, mayImport: RegExp][] = [
    [/^chassis\//, /^chassis\//],
    [/^tools\//, /^(chassis|tools)\//],
    [/^agents\//, /^(chassis|tools|agents)\//],
    [/^syntra\//, /^(chassis|tools|agents|syntra)\//],
    [
      /^product-services\/bff\//,
      /^(chassis|product-services\/(bff|rules))\/|^product-services\/(auth|core)\/.*\.schema\.ts$/,
    ],
    [/^product-services\/auth\//, /^(chassis|product-services\/(auth|rules))\//],
    [/^product-services\/core\//, /^(chassis|product-services\/(core|rules))\//],
    [/^product-services\/rules\//, /^product-services\/rules\//],
    [/^pwa\//, /^(chassis|pwa|product-services\/rules)\/|^product-services\/(auth|core)\/.*\.schema\.ts$/],
    // A conformance suite may start other emulators; an emulator shares no code with the clients that are tested against it.
    [/^emulators\/[^/]+\/conformance\//, /^(chassis|emulators)\//],
    ...readdirSync(join(ROOT, 'emulators')).map((name): [RegExp, RegExp] => [
      new RegExp(`^emulators/${name}/`),
      new RegExp(`^(chassis|emulators/(shared|${name}))/`),
    ]),
    [/^(sandbox|evals|tests)\//, /./],
  ]

  it('cross only the boundaries that the architecture allows', () => {
    const wrong = files
      .flatMap(path => importsOf(path).map(({ specifier }) => ({ path, target: targetOf(path, specifier) })))
      .filter(({ path, target }) => {
        const wall = walls.find(([folder]) => folder.test(path))
        return target !== undefined && wall !== undefined && !wall[1].test(target)
      })
    expect(wrong).toEqual([])
  })

  it('of the app from the services are types only, besides the rules that both share', () => {
    const wrong = files
      .filter(path => path.startsWith('pwa/') && !isTest(path))
      .flatMap(path => importsOf(path).map(found => ({ path, ...found })))
      .filter(({ path, specifier }) => /\.schema\.ts$/.test(targetOf(path, specifier) ?? ''))
      .filter(({ typesOnly }) => !typesOnly)
    expect(wrong).toEqual([])
  })

  it('of the rules that services and app share are their own files only', () => {
    const wrong = files
      .filter(path => path.startsWith('product-services/rules/') && !isTest(path))
      .flatMap(path => importsOf(path).map(({ specifier }) => ({ path, specifier })))
      .filter(({ specifier }) => !specifier.startsWith('.'))
    expect(wrong).toEqual([])
  })

  it('of another workspace go through the exports of its package, not a relative path', () => {
    const wrong = files.flatMap(path =>
      importsOf(path)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => targetOf(path, specifier) ?? '')
        .filter(target => workspaceOf(target) !== workspaceOf(path))
        .map(target => `${path} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('are why a workspace exports something: it is used by another one', () => {
    const used = files.flatMap(path =>
      importsOf(path)
        .filter(({ specifier }) => specifier.startsWith('@goalixa/'))
        .map(({ specifier }) => ({ workspace: workspaceOf(path), target: targetOf(path, specifier) })),
    )
    const unused = workspaces.flatMap(workspace =>
      exportsOf(workspace)
        .filter(([, file]) => {
          const pattern = new RegExp(`^${join(workspace, file).replace('*', '.+')}$`)
          return !used.some(({ workspace: user, target = '' }) => user !== workspace && pattern.test(target))
        })
        .map(([name]) => `${workspace} exports ${name}`),
    )
    expect(unused).toEqual([])
  })

  it('of a schema file are Zod, other schemas and the rules of the product only', () => {
    const wrong = files
      .filter(path => path.endsWith('.schema.ts'))
      .flatMap(path => importsOf(path).map(({ specifier }) => ({ path, specifier })))
      .filter(({ specifier }) => specifier !== 'zod' && !/\.schema(\.ts)?$/.test(specifier))
      .filter(({ specifier }) => !/^@goalixa\/(agents|tools|rules)\//.test(specifier))
    expect(wrong).toEqual([])
  })

  it('of packages are listed by the workspace that uses them', () => {
    const wrong = files
      .filter(path => workspaceOf(path) !== undefined)
      .flatMap(path => importsOf(path).map(({ specifier }) => ({ path, name: packageOf(specifier) })))
      .filter(({ path, name }) => {
        const workspace = workspaceOf(path)
        if (name === undefined || workspace === undefined || name === 'vitest') return false
        return !dependenciesOf(workspace).has(name)
      })
      .map(({ path, name }) => `${path} imports ${name}`)
    expect(wrong).toEqual([])
  })
})

describe('completeness', () => {
  it('every tool file is in the catalog', () => {
    const declared = files
      .filter(path => path.startsWith('tools/') && !isTest(path))
      .flatMap(path =>
        [...readFileSync(ROOT + path, 'utf8').matchAll(/defineTool\(\{\s*name: '([^']+)'/g)].map(
          ([, name]) => name,
        ),
      )
    expect(declared.length).toBeGreaterThan(20)
    expect(allTools.map(tool => tool.name).toSorted()).toEqual(declared.toSorted())
  })

  it('every alert has a runbook, and every runbook an alert', () => {
    const alerts = rules().map(rule => rule.alert)
    const runbooks = readdirSync(join(ROOT, 'runbooks')).filter(
      name => name !== 'README.md' && name.endsWith('.md'),
    )
    const matched = runbooks.flatMap(name => frontMatterOf(name).match.alerts)
    expect(alerts.filter(alert => !matched.includes(alert))).toEqual([])
    expect(matched.filter(alert => !alerts.includes(alert))).toEqual([])
    for (const { alert, annotations } of rules()) {
      const file = annotations.runbook_url.split('/').at(-1) ?? ''
      expect(existsSync(join(ROOT, 'runbooks', file)), `${alert} links to runbooks/${file}`).toBe(true)
    }
  })

  it('every deployment has an entry point in this repository', () => {
    const bases = readdirSync(join(ROOT, 'k8s/base'))
    for (const base of bases) {
      const [deployment] = parseAllDocuments(
        readFileSync(join(ROOT, 'k8s/base', base, 'deployment.yaml'), 'utf8'),
      )
      expect(deployment?.toJS().metadata.name).toBe(base)
      expect(
        ['pwa/main.ts', `product-services/${base}/main.ts`].some(main => existsSync(join(ROOT, main))),
      ).toBe(true)
    }
  })

  it('no manifest in Git contains a Secret', () => {
    const yaml = readdirSync(join(ROOT, 'k8s'), { recursive: true, encoding: 'utf8' }).filter(path =>
      path.endsWith('.yaml'),
    )
    const secrets = yaml.filter(path =>
      parseAllDocuments(readFileSync(join(ROOT, 'k8s', path), 'utf8')).some(
        document => document.toJS()?.kind === 'Secret',
      ),
    )
    expect(secrets).toEqual([])
  })
})

/** The file that an import means; undefined for packages of others. */
function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return normalize(join(dirname(path), specifier))
  const [, name = '', subpath = ''] = /^@goalixa\/([^/]+)\/(.+)$/.exec(specifier) ?? []
  if (name === '') return undefined
  const workspace = folderOf(name)
  for (const [exported, file] of exportsOf(workspace)) {
    const [start = '', end] = exported.slice(2).split('*')
    if (end === undefined ? subpath !== start : !(subpath.startsWith(start) && subpath.endsWith(end)))
      continue
    return join(
      workspace,
      file.replace('*', subpath.slice(start.length, subpath.length - (end ?? '').length)),
    )
  }
  throw new Error(`${path} imports ${specifier}, which ${workspace}/package.json does not export.`)
}

function exportsOf(workspace: string): [name: string, file: string][] {
  return Object.entries(manifestOf(workspace).exports)
}

function folderOf(workspace: string): string {
  if (['auth', 'core', 'bff', 'landing', 'rules'].includes(workspace)) return `product-services/${workspace}`
  if (workspace === 'emulators-shared') return 'emulators/shared'
  return workspace.endsWith('-emulator') ? `emulators/${workspace.replace(/-emulator$/, '')}` : workspace
}

function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:') || builtinModules.includes(specifier))
    return undefined
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function workspaceOf(path: string): string | undefined {
  return /^(chassis|tools|agents|syntra|product-services\/[^/]+|pwa|emulators\/[^/]+|sandbox|evals)\//.exec(
    path,
  )?.[1]
}

type Manifest = {
  name: string
  exports: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

function manifestOf(workspace: string): Manifest {
  const known = manifests.get(workspace)
  if (known) return known
  const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, workspace, 'package.json'), 'utf8'))
  manifests.set(workspace, manifest)
  return manifest
}

function dependenciesOf(workspace: string): Set<string> {
  const manifest = manifestOf(workspace)
  return new Set([manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })])
}

type Rule = { alert: string; annotations: { runbook_url: string } }

function rules(): Rule[] {
  const folder = join(ROOT, 'k8s/monitoring/rules')
  return readdirSync(folder).flatMap(name => {
    const { groups } = parse(readFileSync(join(folder, name), 'utf8')) as { groups: { rules: Rule[] }[] }
    return groups.flatMap(group => group.rules)
  })
}

function frontMatterOf(name: string): { match: { alerts: string[] } } {
  const [, front = ''] = readFileSync(join(ROOT, 'runbooks', name), 'utf8').split(/^---$/m)
  return parse(front)
}

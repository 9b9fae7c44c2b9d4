import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, normalize, relative } from 'node:path'
import { type Copy, DockerfileParser, type Instruction, type JSONInstruction } from 'dockerfile-ast'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { importsOf, ROOT } from './source-files.ts'

type Manifest = {
  name: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}
type Lock = { packages: Record<string, { link?: boolean; resolved?: string }> }

// Its types declare a default export that does not exist.
const require = createRequire(import.meta.url)
const dockerignore: () => {
  add(patterns: string): { ignores(path: string): boolean }
} = require('@balena/dockerignore')

const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const lock: Lock = JSON.parse(textOf('package-lock.json'))
const workspaces = Object.values(lock.packages).flatMap(({ link, resolved }) =>
  link && resolved ? [resolved] : [],
)
const manifestOf = (workspace: string): Manifest => JSON.parse(textOf(join(workspace, 'package.json')))
const folderByName = new Map(workspaces.map(folder => [manifestOf(folder).name, folder]))
const nodeVersion = textOf('.nvmrc').trim()
const isIgnored = (path: string) => ignore.ignores(path)
const ignore = dockerignore().add(textOf('.dockerignore'))
const stages = readStages(textOf('Dockerfile'))

/** The entry point of each image, as the manifests in `k8s/` and the sandbox start it. */
const ENTRY_POINTS = {
  auth: 'product-services/auth/main.ts',
  core: 'product-services/core/main.ts',
  bff: 'product-services/bff/main.ts',
  pwa: 'pwa/main.ts',
  'syntra-api': 'syntra/api.ts',
  'syntra-worker': 'syntra/worker.ts',
}

describe.each(Object.entries(ENTRY_POINTS))('the image %s', (target, entry) => {
  const instructions = chainOf(target)
  const workspace = workspaceOf(entry)
  const closure = closureOf(workspace)

  it(`runs ${entry} as a non-root user`, () => {
    expect(wordsOf(instructions, 'CMD').at(-1)).toEqual(['node', entry])
    expect(wordsOf(instructions, 'USER').at(-1)?.[0]).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  })

  it('is based on the Node version of the repository', () => {
    expect(wordsOf(instructions, 'FROM')[0]).toEqual([`node:${nodeVersion}-bookworm-slim`, 'AS', 'base'])
  })

  it('contains the workspaces that it depends on, and no others', () => {
    const folders = copiesOf(instructions)
      .filter(({ from }) => from === undefined)
      .flatMap(({ sources }) => sources)
    expect(folders.filter(folder => workspaces.includes(folder)).toSorted()).toEqual([...closure].toSorted())
  })

  it('contains the packages of its own workspace, without devDependencies', () => {
    const [packages] = copiesOf(instructions).filter(({ from }) => from !== undefined)
    expect(packages?.sources).toEqual(['/app/node_modules'])
    const install = wordsOf(chainOf(packages?.from ?? ''), 'RUN').map(words => words.join(' '))
    expect(install).toEqual([
      'npm pkg delete devDependencies --workspaces --include-workspace-root',
      `npm ci --omit=dev --ignore-scripts --workspace=${workspace}`,
    ])
  })

  it('contains each module that its entry point loads', () => {
    const modules = loadedFrom(entry)
    expect(modules.files.size).toBeGreaterThan(5)
    const missing = [...modules.files].filter(path => isIgnored(path) || !closure.has(workspaceOf(path)))
    expect(missing).toEqual([])
    const installed = new Set(
      [...closure].flatMap(folder => Object.keys(manifestOf(folder).dependencies ?? {})),
    )
    expect([...modules.packages].filter(name => !installed.has(name))).toEqual([])
  })
})

it.each(['auth', 'core', 'bff', 'pwa'] as const)('the image %s contains neither agents nor tools', target => {
  const closure = closureOf(workspaceOf(ENTRY_POINTS[target]))
  expect([...closure].filter(folder => ['agents', 'tools', 'syntra', 'sandbox'].includes(folder))).toEqual([])
})

it('the image of Syntra contains the runbooks at the path of its settings', () => {
  const settings = textOf('k8s/syntra/settings.env')
  expect(settings).toContain('RUNBOOKS_DIR=/app/runbooks\n')
  const copied = copiesOf(chainOf('syntra-worker')).flatMap(({ sources }) => sources)
  expect(copied).toContain('runbooks')
})

it('the manifests start the processes of Syntra from the same entry points', () => {
  for (const process of ['api', 'worker'] as const) {
    const [deployment] = textOf(`k8s/syntra/${process}.yaml`).split('\n---')
    const [container] = parse(deployment ?? '').spec.template.spec.containers
    const [program, ...rest] = container.command
    const files = rest.filter((argument: string) => !argument.startsWith('--'))
    expect([program, ...files]).toEqual(['node', ENTRY_POINTS[`syntra-${process}`]])
  }
})

it('the stage of npm ci contains the package.json of every workspace', () => {
  const copied = copiesOf(chainOf('manifests')).flatMap(({ sources }) => sources)
  expect(copied.toSorted()).toEqual(
    [
      '.npmrc',
      'package-lock.json',
      'package.json',
      ...workspaces.map(folder => `${folder}/package.json`),
    ].toSorted(),
  )
  expect(copied.filter(isIgnored)).toEqual([])
})

it('no package is installed inside a workspace, where the images would lack it', () => {
  const nested = Object.keys(lock.packages).filter(path => /^(?!node_modules\/).*\/node_modules\//.test(path))
  const shipped = new Set(Object.values(ENTRY_POINTS).flatMap(entry => [...closureOf(workspaceOf(entry))]))
  expect(nested.filter(path => shipped.has(path.split('/node_modules/')[0] ?? ''))).toEqual([])
})

it('neither tests nor local packages and builds reach an image', () => {
  const outside = [
    'node_modules/pg/package.json',
    'chassis/log.test.ts',
    'agents/testing/cases.ts',
    'pwa/dist/1/index.html',
  ]
  expect(outside.filter(path => !isIgnored(path))).toEqual([])
})

function readStages(dockerfile: string): Map<string, Instruction[]> {
  const found = new Map<string, Instruction[]>()
  let current: Instruction[] = []
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      current = []
      found.set(instruction.getArguments()[2]?.getValue() ?? '', current)
    }
    current.push(instruction)
  }
  return found
}

/** Returns the instructions of a stage, after those of the stages that it builds on. */
function chainOf(stage: string): Instruction[] {
  const own = stages.get(stage)
  if (own === undefined) throw new Error(`The Dockerfile has no stage ${stage}.`)
  const base = own[0]?.getArguments()[0]?.getValue() ?? ''
  return stages.has(base) ? [...chainOf(base), ...own] : own
}

/** Returns the arguments of each instruction of one kind, JSON arrays as their strings. */
function wordsOf(instructions: Instruction[], keyword: string): string[][] {
  return instructions
    .filter(instruction => instruction.getKeyword() === keyword)
    .map(instruction => {
      const strings = (instruction as Partial<JSONInstruction>).getJSONStrings?.() ?? []
      if (strings.length > 0) return strings.map(string => string.getJSONValue())
      return instruction.getArguments().map(argument => argument.getValue())
    })
}

function copiesOf(instructions: Instruction[]): { from: string | undefined; sources: string[] }[] {
  return instructions
    .filter(instruction => instruction.getKeyword() === 'COPY')
    .map(instruction => ({
      from: (instruction as Copy).getFromFlag()?.getValue() ?? undefined,
      sources: instruction
        .getArguments()
        .slice(0, -1)
        .map(argument => argument.getValue()),
    }))
}

function workspaceOf(path: string): string {
  return workspaces.find(folder => path.startsWith(`${folder}/`)) ?? ''
}

/** Returns the folders of a workspace and of every workspace that it depends on. */
function closureOf(workspace: string, found = new Set<string>()): Set<string> {
  if (found.has(workspace)) return found
  found.add(workspace)
  for (const name of Object.keys(manifestOf(workspace).dependencies ?? {})) {
    const folder = folderByName.get(name)
    if (folder !== undefined) closureOf(folder, found)
  }
  return found
}

/** Returns the files of this repository and the packages that a run of `entry` loads, without type-only imports. */
function loadedFrom(entry: string) {
  const files = new Set<string>()
  const packages = new Set<string>()
  const queue = [entry]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (files.has(path)) continue
    if (!existsSync(join(ROOT, path))) throw new Error(`${path} is imported but does not exist.`)
    files.add(path)
    for (const specifier of loadsOf(path)) {
      const file = fileOf(path, specifier)
      if (file !== undefined) queue.push(file)
      else if (!specifier.startsWith('node:'))
        packages.add(/^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier)
    }
  }
  return { files, packages }
}

function loadsOf(path: string): string[] {
  const dynamic = [...textOf(path).matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)].map(
    ([, specifier]) => specifier ?? '',
  )
  const fixed = importsOf(path).flatMap(({ specifier, typesOnly }) => (typesOnly ? [] : [specifier]))
  return [...fixed, ...dynamic]
}

/** Returns the file that a specifier resolves to, undefined for a package from npm. */
function fileOf(importer: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return normalize(join(dirname(importer), specifier))
  if (!folderByName.has(/^@goalixa\/[^/]+/.exec(specifier)?.[0] ?? '')) return undefined
  return relative(ROOT, createRequire(join(ROOT, importer)).resolve(specifier))
}

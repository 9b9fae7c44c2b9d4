import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createMetrics } from '@goalixa/chassis/metrics'
import { buildCli } from '@goalixa/syntra/cli/build-cli'
import { SyntraConfig } from '@goalixa/syntra/config'
import { createSyntraMetrics } from '@goalixa/syntra/telemetry/metrics'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../docs/reference/error-codes.ts'
import { referencePages } from '../docs/reference/generate.ts'
import { ROOT, sourceFiles } from './source-files.ts'

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
  ...readdirSync(join(ROOT, 'runbooks'))
    .filter(name => name.endsWith('.md'))
    .map(name => `runbooks/${name}`),
]
const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8')

describe.each(pages)('%s', page => {
  const text = textOf(page)

  it('links to files that exist', () => {
    const links = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target]) => target ?? '')
    const local = links.filter(target => !/^[a-z]+:/.test(target))
    expect(local.filter(target => !existsSync(join(ROOT, dirname(page), target)))).toEqual([])
  })

  it('names files and folders that exist', () => {
    const named =
      text.match(
        /`(?:bin|syntra|agents|tools|k8s|emulators|sandbox|evals|tests|docs|runbooks|chassis|product-services|pwa)\/[\w./-]*`/g,
      ) ?? []
    const paths = named.map(quoted => quoted.slice(1, -1))
    // A walk-through names the file that its reader creates.
    const existing = paths.filter(path => !/adding-/.test(page) || existsSync(join(ROOT, dirname(path))))
    const isMissing = (path: string) => !existsSync(join(ROOT, /adding-/.test(page) ? dirname(path) : path))
    expect(existing.filter(isMissing)).toEqual([])
  })

  it('names settings of Syntra that exist', () => {
    const named = text.match(/\bSYNTRA_[A-Z0-9_]*[A-Z0-9]\b/g) ?? []
    const known = [...Object.keys(SyntraConfig.shape), 'SYNTRA_KEY', 'SYNTRA_URL']
    expect(named.filter(name => !known.includes(name))).toEqual([])
  })

  it('names metrics of Syntra that exist', async () => {
    const metrics = createMetrics({ version: '0' })
    createSyntraMetrics(metrics)
    const known = (await metrics.registry.getMetricsAsJSON()).map(({ name }) => name)
    const named = text.match(/\bsyntra_[a-z_]+[a-z]\b/g) ?? []
    expect(named.filter(name => !known.includes(name))).toEqual([])
  })

  it('calls commands that exist', () => {
    const io = {
      isTerminal: false,
      signal: new AbortController().signal,
      write: () => {},
      env: {},
      setExitCode: () => {},
    }
    const cli = buildCli(io)
    const unknown = [...text.matchAll(/(?<=`|^)(?:bin\/)?syntra ([a-z][a-z-]*)([^`\n]*)/gm)]
      .filter(([call]) => !/^syntra (?:api|worker)\b/.test(call))
      .flatMap(([call, name = '', rest = '']) => {
        const command = cli.commands.find(found => found.name() === name)
        const options = [...cli.options, ...(command?.options ?? [])].map(({ long }) => long)
        const used = (rest.match(/(?<=\s)--[a-z-]+/g) ?? []).filter(option => option !== '--help')
        return command && used.every(option => options.includes(option)) ? [] : [call]
      })
    expect(unknown).toEqual([])
  })
})

// The machine's own Node may be too old to run TypeScript, and npx may fetch another version of a tool.
it('no page starts a program with the Node of the machine', () => {
  const started = nonTypescriptFiles()
    .filter(path => path.endsWith('.md'))
    .flatMap(page =>
      [...textOf(page).matchAll(/(?:^|[`\s=])(?:npx |node (?:--[\w-]+ )*[\w./-]+\.m?[jt]s)\S*/gm)].map(
        ([call]) => `${page}: ${call}`,
      ),
    )
  expect(started).toEqual([])
})

it('the README of a folder names files that are in it', () => {
  const files = [...sourceFiles(), ...nonTypescriptFiles()]
  const wrong = files
    .filter(path => /[^/]\/README\.md$/.test(path))
    .flatMap(page => {
      const folder = `${dirname(page)}/`
      const named = [...textOf(page).matchAll(/`([\w./-]+\.(?:ts|sql|cedar))`/g)].map(([, name = '']) => name)
      return named
        .filter(
          name =>
            !files.some(
              path => path === name || (path.startsWith(folder) && `/${path}`.endsWith(`/${name}`)),
            ),
        )
        .map(name => `${page}: ${name}`)
    })
  expect(wrong).toEqual([])
})

it('docs/where-is.md answers each question with one file', () => {
  const rows = textOf('docs/where-is.md').match(/^\| [A-Z].*$/gm) ?? []
  expect(rows.length).toBeGreaterThan(0)
  const files = rows.map(row => [...row.matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? ''))
  const wrong = files.filter(([path = '', ...others]) => others.length > 0 || !/\.(?:ts|cedar)$/.test(path))
  expect(wrong).toEqual([])
})

it('the README shows every top-level folder that contains code', () => {
  const tops = readdirSync(ROOT, { withFileTypes: true }).filter(
    entry => entry.isDirectory() && /^[a-z]/.test(entry.name),
  )
  const readme = textOf('README.md')
  const named = tops
    .map(entry => entry.name)
    .filter(name => !['node_modules', 'coverage', 'dist'].includes(name))
  expect(named.filter(name => !readme.includes(`\`${name}/\``))).toEqual([])
})

it('the generated reference is current; `npm run docs` regenerates it', async () => {
  for (const [name, text] of Object.entries(await referencePages()))
    expect(textOf(`docs/reference/${name}`), name).toBe(text)
})

it('the reference of error codes has those that reads and steps have in common, and no other', () => {
  const shared = sourceFiles().filter(
    path => SOURCES_OF_CODES.some(source => source.test(path)) && !/\.test\.ts$/.test(path),
  )
  const found = shared.flatMap(path =>
    [...textOf(path).matchAll(CODE)].map(([, ofKind, ofReason]) => ofKind ?? ofReason ?? ''),
  )
  expect(Object.keys(ERROR_CODES).toSorted()).toEqual([...new Set(found)].toSorted())
})

/** Where errors are created that are not those of one tool. */
const SOURCES_OF_CODES = [
  /^tools\/(?:http\/|connections\/)?[^/]+$/,
  /^tools\/kubernetes\/exec-credentials\.ts$/,
  /^tools\/kubernetes\/list-objects\.ts$/,
  /^tools\/forge\/github\/await-replication\.ts$/,
  /^chassis\/(?:http-client|response-too-large)\.ts$/,
  /^syntra\/storage\//,
  /^syntra\/investigations\/evidence\.repository\.ts$/,
  /^syntra\/actions\/execution\/with-target-lease\.ts$/,
]
/** The code behind the kind of an `ExpectedError`, or in the reason why something is unread. */
const CODE =
  /'(?:invalid|unauthenticated|forbidden|missing|conflict|too-large|too-many|unavailable|bad-upstream)',\s*'([A-Z][A-Z_]+)'|\b(?:code: |error\.code : )'([A-Z][A-Z_]+)'/g

it('the README fits on two screens', () => {
  expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(120)
})

function nonTypescriptFiles(): string[] {
  return execFileSync('git', ['ls-files', '*.md', '*.sql', '*.cedar'], { cwd: ROOT, encoding: 'utf8' })
    .trim()
    .split('\n')
}

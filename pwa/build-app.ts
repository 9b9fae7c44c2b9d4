import { createHash } from 'node:crypto'
import { glob, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { build, stop } from 'esbuild'

/** A folder with the built app. */
export type BuiltApp = { folder: string; buildId: string }

const ROOT = import.meta.dirname
const SOURCES = [
  'app/**/*',
  'store/**/*.ts',
  'sync/**/*.ts',
  'worker/**/*.ts',
  'icons/*',
  'package.json',
  'build-app.ts',
  '../product-services/rules/**/*.ts',
]
const ENTRIES = ['app/main.ts', 'app/boot.ts', 'app/styles/main.css']
const ICONS = ['icon.svg', 'icon-180.png', 'icon-192.png', 'icon-512.png', 'icon-maskable-512.png']
const BROWSERS = ['chrome120', 'firefox121', 'safari17.4']

/**
 * Builds the app from the current sources into a folder below `dist` that is named by their hash. Does nothing if that
 * folder exists. Several processes may run it at the same time.
 */
export async function buildApp({
  dist = join(ROOT, 'dist'),
  buildId,
}: {
  dist?: string
  buildId?: string
} = {}): Promise<BuiltApp> {
  const id = buildId ?? (await hashOfSources())
  const folder = join(dist, id)
  if (await exists(join(folder, 'index.html'))) return { folder, buildId: id }
  const draft = join(dist, `.${id}-${process.pid}-${Date.now()}`)
  await writeApp(draft, id)
  // esbuild keeps a process running that is no longer needed.
  await stop()
  await rename(draft, folder).catch(async error => {
    await rm(draft, { recursive: true, force: true })
    if (!(await exists(join(folder, 'index.html')))) throw error
  })
  return { folder, buildId: id }
}

async function hashOfSources(): Promise<string> {
  const names: string[] = []
  for await (const name of glob(SOURCES, { cwd: ROOT })) names.push(name)
  const sources = names.filter(name => /\.\w+$/.test(name) && !name.endsWith('.test.ts')).sort()
  const hash = createHash('sha256')
  for (const name of sources) hash.update(name).update(await readFile(join(ROOT, name)))
  return hash.digest('hex').slice(0, 12)
}

async function writeApp(folder: string, buildId: string) {
  const bundled = await bundle(folder, buildId)
  const files = new Map<string, Buffer>(bundled)
  files.set('manifest.webmanifest', await readFile(join(ROOT, 'app/manifest.webmanifest')))
  for (const icon of ICONS) files.set(`icons/${icon}`, await readFile(join(ROOT, 'icons', icon)))
  files.set('index.html', await indexPage([...bundled.keys()]))
  files.set('sw.js', await serviceWorker(files, buildId))
  for (const [name, content] of files) await writeFileWithCompressed(join(folder, name), content)
}

async function bundle(folder: string, buildId: string): Promise<Map<string, Buffer>> {
  const { outputFiles } = await build({
    entryPoints: ENTRIES.map(entry => join(ROOT, entry)),
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: BROWSERS,
    conditions: ['browser', 'production'],
    legalComments: 'none',
    define: { BUILD_ID: JSON.stringify(buildId) },
    entryNames: 'assets/[name]-[hash]',
    outdir: folder,
  })
  return new Map(outputFiles.map(({ path, contents }) => [`assets/${basename(path)}`, Buffer.from(contents)]))
}

async function indexPage(assets: readonly string[]): Promise<Buffer> {
  const page = await readFile(join(ROOT, 'app/index.html'), 'utf8')
  const filled = page.replace(/\{\{([\w-]+)\.(\w+)\}\}/g, (_, name: string, kind: string) => {
    const asset = assets.find(path => path.startsWith(`assets/${name}-`) && path.endsWith(`.${kind}`))
    if (asset === undefined)
      throw new Error(`app/index.html refers to ${name}.${kind}, which is not in the build.`)
    return `/${asset}`
  })
  return Buffer.from(filled.replace(/\n\s*/g, ''))
}

async function serviceWorker(files: ReadonlyMap<string, Buffer>, buildId: string): Promise<Buffer> {
  const shell = [...files].map(([name, content]) => ({
    url: name === 'index.html' ? '/' : `/${name}`,
    sha256: createHash('sha256').update(content).digest('hex'),
  }))
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'worker/service-worker.ts')],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: BROWSERS,
    define: { SHELL: JSON.stringify(shell), CACHE: JSON.stringify(`shell-${buildId}`) },
  })
  return Buffer.from(outputFiles[0]?.contents ?? [])
}

async function writeFileWithCompressed(path: string, content: Buffer) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  if (path.endsWith('.png')) return
  await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }))
  await writeFile(`${path}.br`, await promisify(brotliCompress)(content))
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

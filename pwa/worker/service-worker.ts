/** The files of the shell, each with the SHA-256 of its content; inserted by the build. */
declare const SHELL: readonly { url: string; sha256: string }[]
/** The name of this shell's cache, different for each build. */
declare const CACHE: string

type ExtendableEvent = Event & { waitUntil: (work: Promise<unknown>) => void }
type FetchEvent = ExtendableEvent & { request: Request; respondWith: (answer: Promise<Response>) => void }
type Worker = {
  skipWaiting: () => Promise<void>
  clients: { claim: () => Promise<void> }
  addEventListener: {
    (type: 'install' | 'activate', run: (event: ExtendableEvent) => void): void
    (type: 'fetch', run: (event: FetchEvent) => void): void
    (type: 'message', run: (event: MessageEvent) => void): void
  }
}
const worker = self as unknown as Worker

worker.addEventListener('install', event => event.waitUntil(cacheShell()))
worker.addEventListener('activate', event => event.waitUntil(deleteOldShells()))
worker.addEventListener('message', ({ data }) => {
  if (data === 'activate') void worker.skipWaiting()
})
worker.addEventListener('fetch', event => {
  const { method, url, mode } = event.request
  const { origin, pathname } = new URL(url)
  // Private or changing data is absent on purpose: it is never read from nor written to a cache.
  if (method !== 'GET' || origin !== location.origin || pathname.startsWith('/bff/')) return
  if (mode === 'navigate') event.respondWith(fromShell('/', event.request))
  else if (SHELL.some(file => file.url === pathname)) event.respondWith(fromShell(pathname, event.request))
})

// During a rollout two versions answer. A file of the other version would make the shell inconsistent, so this worker is
// not installed then, and the browser tries again later.
async function cacheShell() {
  const cache = await caches.open(CACHE)
  await Promise.all(
    SHELL.map(async ({ url, sha256 }) => {
      const response = await fetch(url, { cache: 'reload', credentials: 'omit' })
      if (!response.ok) throw new Error(`${url} answered ${response.status}`)
      const digest = await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer())
      if (hex(digest) !== sha256) throw new Error(`${url} belongs to another build`)
      await cache.put(url, response)
    }),
  )
}

async function deleteOldShells() {
  const others = (await caches.keys()).filter(name => name !== CACHE)
  await Promise.all(others.map(name => caches.delete(name)))
  await worker.clients.claim()
}

async function fromShell(url: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  return (await cache.match(url)) ?? fetch(request)
}

function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

/** The files of the shell, each with the SHA-256 of its content; the build puts them in. */
declare const SHELL: readonly { url: string; sha256: string }[]
/** The name of this shell's cache, another one for each build. */
declare const CACHE: string

type Lasting = Event & { waitUntil: (work: Promise<unknown>) => void }
type Fetching = Lasting & { request: Request; respondWith: (answer: Promise<Response>) => void }
type Worker = {
  skipWaiting: () => Promise<void>
  clients: { claim: () => Promise<void> }
  addEventListener: {
    (type: 'install' | 'activate', run: (event: Lasting) => void): void
    (type: 'fetch', run: (event: Fetching) => void): void
    (type: 'message', run: (event: MessageEvent) => void): void
  }
}
const worker = self as unknown as Worker

worker.addEventListener('install', event => event.waitUntil(keepShell()))
worker.addEventListener('activate', event => event.waitUntil(takeOver()))
worker.addEventListener('message', ({ data }) => {
  if (data === 'activate') void worker.skipWaiting()
})
worker.addEventListener('fetch', event => {
  const { method, url, mode } = event.request
  const { origin, pathname } = new URL(url)
  // What is private or changes is deliberately absent here: it is never answered from, nor put into, a cache.
  if (method !== 'GET' || origin !== location.origin || pathname.startsWith('/bff/')) return
  if (mode === 'navigate') event.respondWith(fromShell('/', event.request))
  else if (SHELL.some(file => file.url === pathname)) event.respondWith(fromShell(pathname, event.request))
})

// During a rollout two versions answer. A file of the other one would give a shell that does not fit together, so
// this worker is not installed then, and the browser tries again later.
async function keepShell() {
  const cache = await caches.open(CACHE)
  await Promise.all(
    SHELL.map(async ({ url, sha256 }) => {
      const response = await fetch(url, { cache: 'reload', credentials: 'omit' })
      if (!response.ok) throw new Error(`${url} answered ${response.status}`)
      const digest = await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer())
      if (hex(digest) !== sha256) throw new Error(`${url} is of another build`)
      await cache.put(url, response)
    }),
  )
}

async function takeOver() {
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

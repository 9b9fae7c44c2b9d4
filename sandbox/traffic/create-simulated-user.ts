import { v7 as uuidV7 } from 'uuid'

type Options = { baseUrl: string; origin: string; name: string; random: () => number }
type Visit = { step: string; status: number; ms: number }

/** Creates a user with a browser's cookies that registers, signs in, and then uses the app like a person. */
export function createSimulatedUser({ baseUrl, origin, name, random }: Options) {
  const cookies = new Map<string, string>()
  const account = { email: `${name}@example.com`, password: `${name}-sits-on-a-green-bench` }
  const state = { isSignedIn: false, isTiming: false, tasks: [] as string[] }

  const visit = async (
    step: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Visit & { body: unknown }> => {
    const startedAt = performance.now()
    const response = await fetch(baseUrl + path, {
      method,
      headers: {
        origin,
        'x-gx': '1',
        'sec-fetch-site': 'same-origin',
        cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join('; '),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    })
    for (const line of response.headers.getSetCookie()) remember(cookies, line)
    const text = await response.text()
    if (response.status === 401) state.isSignedIn = false
    return { step, status: response.status, ms: performance.now() - startedAt, body: parse(text) }
  }

  const signIn = async (): Promise<Visit> => {
    const first = await visit('login', 'POST', '/bff/auth/login', account)
    if (first.status < 300) {
      state.isSignedIn = true
      return first
    }
    await visit('register', 'POST', '/bff/auth/register', account)
    const second = await visit('login', 'POST', '/bff/auth/login', account)
    state.isSignedIn = second.status < 300
    return second
  }

  const addTask = async (): Promise<Visit> => {
    const id = uuidV7({ random: Uint8Array.from({ length: 16 }, () => random() * 256) })
    const added = await visit('add task', 'POST', '/bff/v1/tasks', {
      id,
      name: `Task ${Math.floor(random() * 1000)}`,
    })
    if (added.status < 300) state.tasks.push(id)
    return added
  }

  const withTask = (act: (id: string) => Promise<Visit>): Promise<Visit> => {
    const id = state.tasks[Math.floor(random() * state.tasks.length)]
    return id === undefined ? addTask() : act(id)
  }

  const toggleTimer = (): Promise<Visit> =>
    withTask(async id => {
      const visited = state.isTiming
        ? await visit('stop timer', 'POST', '/bff/v1/timer/stop')
        : await visit('start timer', 'POST', '/bff/v1/timer/start', { task_id: id })
      if (visited.status < 300) state.isTiming = !state.isTiming
      return visited
    })

  // Cumulative shares of the users' steps: mostly reads, sometimes writes.
  const journey: [share: number, act: () => Promise<Visit>][] = [
    [0.45, () => visit('dashboard', 'GET', '/bff/aggregate/dashboard')],
    [0.6, () => visit('tasks', 'GET', '/bff/v1/tasks')],
    [0.68, () => visit('shell', 'GET', '/')],
    [0.8, addTask],
    [0.94, toggleTimer],
    [
      1,
      () =>
        withTask(id =>
          visit('edit task', 'PATCH', `/bff/v1/tasks/${id}`, { name: `Task ${Math.floor(random() * 1000)}` }),
        ),
    ],
  ]

  return {
    name,
    /** Performs the next step; resolves with its result. */
    next(): Promise<Visit> {
      if (!state.isSignedIn) return signIn()
      const roll = random()
      const [, act] = journey.find(([share]) => roll <= share) ?? [1, addTask]
      return act()
    },
  }
}

function remember(cookies: Map<string, string>, line: string): void {
  const [pair = ''] = line.split(';')
  const equals = pair.indexOf('=')
  if (equals < 1) return
  const [key, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
  if (value === '') cookies.delete(key)
  else cookies.set(key, value)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

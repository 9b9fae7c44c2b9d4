/** A page of the app. */
export type Route =
  | { name: 'today' }
  | { name: 'projects' }
  | { name: 'project'; id: string }
  | { name: 'time'; day: string | null }
  | { name: 'settings' }
  | { name: 'register' }
  | { name: 'sign-in' }
  | { name: 'unknown' }

/** Returns the route of a URL of this app. */
export function matchRoute({ pathname, searchParams }: URL): Route {
  const [first, second, ...rest] = pathname.split('/').filter(Boolean)
  if (rest.length > 0) return { name: 'unknown' }
  if (first === 'projects' && second !== undefined) return { name: 'project', id: second }
  if (second !== undefined) return { name: 'unknown' }
  if (first === 'time') return { name: 'time', day: searchParams.get('day') }
  return SIMPLE[first ?? 'today'] ?? { name: 'unknown' }
}

const SIMPLE: Record<string, Route | undefined> = {
  today: { name: 'today' },
  projects: { name: 'projects' },
  settings: { name: 'settings' },
  register: { name: 'register' },
  'sign-in': { name: 'sign-in' },
  login: { name: 'sign-in' },
}

/** A response as a test sees it. */
export type TestResponse = { status: number; body: unknown; headers: Headers; setCookies: string[] }

/** Creates a client that looks like a browser to the BFF: it keeps cookies and sends the app's header. */
export function createBrowser(address: string) {
  const cookies = new Map<string, string>()

  async function request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<TestResponse> {
    const answer = await fetch(`${address}${path}`, {
      method,
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(method === 'GET' ? {} : { 'x-gx': '1' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const setCookies = answer.headers.getSetCookie()
    for (const cookie of setCookies) {
      const [pair = '', ...attributes] = cookie.split('; ')
      const [name = '', value = ''] = pair.split('=')
      if (
        attributes.some(
          attribute => attribute === 'Max-Age=0' || attribute.startsWith('Expires=Thu, 01 Jan 1970'),
        )
      )
        cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await answer.text()
    return {
      status: answer.status,
      body: text === '' ? undefined : JSON.parse(text),
      headers: answer.headers,
      setCookies,
    }
  }

  return {
    cookies,
    get: (path: string, headers?: Record<string, string>) => request('GET', path, undefined, headers),
    post: (path: string, body?: unknown, headers?: Record<string, string>) =>
      request('POST', path, body, headers),
    request,
    /** Registers and signs in. */
    async signUp(email: string, password = 'a long enough sentence') {
      await request('POST', '/bff/auth/register', { email, password })
      return request('POST', '/bff/auth/login', { email, password })
    },
  }
}

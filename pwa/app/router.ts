import { matchRoute, type Route } from './routes.ts'

/** Creates the client-side navigation: plain links inside the app change the route without loading a page. */
export function createRouter(onChange: (route: Route) => void) {
  const current = () => matchRoute(new URL(location.href))

  function navigate(path: string, { replace = false } = {}) {
    if (replace) history.replaceState(null, '', path)
    else history.pushState(null, '', path)
    onChange(current())
  }

  addEventListener('popstate', () => onChange(current()))
  document.addEventListener('click', event => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    if (link === null || !isPlain || event.defaultPrevented) return
    if (link.origin !== location.origin || link.hasAttribute('download') || link.hash !== '') return
    event.preventDefault()
    navigate(`${link.pathname}${link.search}`)
  })
  return { current, navigate }
}

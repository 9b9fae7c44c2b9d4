import type { GithubSettings } from './github-client.ts'

/**
 * The hosts in the addresses of the repositories that a GitHub has. That of GitHub Enterprise Server is the host of its API; GitHub.com
 * and its regions have the API on a host of its own.
 */
export function githubHosts({ url = 'https://api.github.com', gitHosts = [] }: GithubSettings): string[] {
  const { host } = new URL(url)
  if (host === 'api.github.com') return ['github.com', 'www.github.com', 'ssh.github.com', ...gitHosts]
  return [/^api\.[\w-]+\.ghe\.com$/.test(host) ? host.slice('api.'.length) : host, ...gitHosts]
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatRepository, parseGitAddress, parseRepository } from './parse-git-address.ts'
import { Repository } from './repository.ts'

describe('the address of a repository', () => {
  it.each([
    ['https://gitlab.example.com/platform/apps/deploy.git', 'gitlab.example.com/platform/apps/deploy'],
    ['https://github.com/shop/deploy', 'github.com/shop/deploy'],
    ['https://GitHub.com/Shop/Deploy/', 'github.com/Shop/Deploy'],
    ['https://github.com:443/shop/deploy.git/', 'github.com/shop/deploy'],
    ['https://github.com./shop//deploy', 'github.com/shop/deploy'],
    ['http://127.0.0.1:3000/shop/deploy.git', '127.0.0.1:3000/shop/deploy'],
    ['https://[::1]:3000/shop/deploy', '[::1]:3000/shop/deploy'],
    ['https://git.corp:8443/a/b/c/d.git', 'git.corp:8443/a/b/c/d'],
    ['https://oauth2:hunter2@git.corp/a/b.git', 'git.corp/a/b'],
    ['https://hunter2@git.corp/a/b.git?token=hunter2#hunter2', 'git.corp/a/b'],
    ['https://git.corp/a/b.c.git', 'git.corp/a/b.c'],
    ['https://github.com/shop%2Dapps/de%70loy', 'github.com/shop-apps/deploy'],
    ['https://dev.azure.com/org/My%20Project/_git/deploy', 'dev.azure.com/org/My%20Project/_git/deploy'],
    ['ssh://git@gitlab.example.com:2222/platform/apps/deploy.git', 'gitlab.example.com/platform/apps/deploy'],
    ['git+ssh://git@GitLab.example.com/platform/deploy', 'gitlab.example.com/platform/deploy'],
    ['git@gitlab.example.com:platform/apps/deploy.git', 'gitlab.example.com/platform/apps/deploy'],
    ['git@GitHub.com:/shop/deploy.git', 'github.com/shop/deploy'],
    ['github.com:shop/deploy', 'github.com/shop/deploy'],
    ['org-123@github.com:shop/deploy.git ', 'github.com/shop/deploy'],
  ])('%s is %s', (address, repository) => {
    const parsed = parseGitAddress(address)
    expect(parsed && formatRepository(parsed)).toBe(repository)
    expect(parsed && parseRepository(formatRepository(parsed))).toEqual(parsed)
    expect(Repository.safeParse(repository).success).toBe(true)
  })

  it.each([
    '',
    'shop/deploy',
    '/srv/git/deploy.git',
    './deploy:main',
    'file:///srv/git/deploy.git',
    'oci://registry.example.com/charts/deploy',
    'registry-1.docker.io/bitnamicharts',
    'https://charts.example.com',
    'https://charts.example.com/.git',
    `https://github.com/shop/${'deploy'.repeat(100)}`,
    'git@github.com:',
    'git@github.com:../deploy.git',
    'git@exa mple.com:shop/deploy',
    'ssh://git@github.com:shop/deploy.git',
  ])('%o is none that a forge could have', address => {
    expect(parseGitAddress(address)).toBeNull()
  })

  it('keeps whatever is before or after the host and the path out of the name', () => {
    const secret = fc.stringMatching(/^[a-zA-Z0-9_]{12,40}$/)
    const host = fc.constantFrom('git.corp', 'github.com', '127.0.0.1:3000')
    fc.assert(
      fc.property(secret, host, fc.boolean(), (secret, host, isUser) => {
        const user = isUser ? secret : `x-token:${secret}`
        const address = parseGitAddress(`https://${user}@${host}/shop/deploy.git?private_token=${secret}`)
        expect(address).toEqual({ host, path: 'shop/deploy' })
      }),
    )
  })

  it('gives every address that it accepts a name that the tools take', () => {
    const part = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(
        fc.constantFrom('https://a.b/', 'git@a.b:', 'ssh://a.b/'),
        fc.array(part),
        (start, parts) => {
          const address = parseGitAddress(start + parts.join('/'))
          if (address !== null) expect(Repository.safeParse(formatRepository(address)).error).toBeUndefined()
        },
      ),
    )
  })
})

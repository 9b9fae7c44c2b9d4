import { describe, expect, it } from 'vitest'
import { escapeControlCharacters } from './escape-control-characters.ts'
import type { Json } from './json.ts'
import { redact, redactInSteps, redactText } from './redact.ts'

const JWT = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTkyIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ'

describe('redactText', () => {
  it.each([
    ['a JWT', `cookie accepted: ${JWT}`, JWT],
    ['a bearer token', 'Authorization: Bearer abc.def-ghi', 'abc.def-ghi'],
    ['basic credentials', 'authorization="Basic dXNlcjpwYXNz"', 'dXNlcjpwYXNz'],
    ['a bearer token without its header', 'sent Bearer 0123456789abcdef0123', '0123456789abcdef0123'],
    ['the password of a URL', 'connect postgres://core:s3cr3t@postgres:5432/goalixa failed', 's3cr3t'],
    ['a password that is assigned', 'PGPASSWORD=hunter2 psql', 'hunter2'],
    ['a password in quotes', 'password: "correct horse"', 'correct'],
    ['a session token in a sentence', 'the session token IQoJb3JpZ2luX2VjEPT1 has expired', 'IQoJb3JpZ2lu'],
    ['a parameter', 'login with client_secret abc failed', 'abc'],
    ['an option', 'usage: login --client-secret abc8q', 'abc8q'],
    ['a token in a query', 'GET /v1/x?access_token=Zx81kqPw77&a=1', 'Zx81kqPw77'],
    ['an AWS key id', 'using AKIAIOSFODNN7EXAMPLE now', 'AKIAIOSFODNN7EXAMPLE'],
    ['an AWS secret', 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI'],
    ['a GitHub token', 'remote: ghp_0123456789abcdefABCDEF0123456789abcd', 'ghp_0123456789'],
    ['a Slack token', 'xoxb-123456789012-abcdefABCDEF', 'xoxb-123456789012'],
    ['a cookie', 'Set-Cookie: gx_rt=qwertzuiop; Path=/', 'qwertzuiop'],
    ['an e-mail address', 'sign-in of jane.doe+x@example.co.uk failed', 'jane.doe'],
    [
      'a private key',
      'key:\n-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIB\nq8Zz\n-----END EC PRIVATE KEY-----\nend',
      'MHcCAQEEIB',
    ],
    ['a private key that was cut off', '-----BEGIN PRIVATE KEY-----\nMHcCAQEEIBxx', 'MHcCAQEEIBxx'],
    [
      'a password between colours',
      escapeControlCharacters('\x1b[32mpassword\x1b[0m=\x1b[33mhunter2\x1b[0m'),
      'hunter2',
    ],
    ['a token in place of a user', 'fatal: https://hunter2abc@git.example.com/a/b.git not found', 'hunter2'],
    ['a field of a JSON log line', '{"msg":"x","password":"hunter2"}', 'hunter2'],
    ['an env entry in an annotation', '{"env":[{"name":"DB_PASSWORD","value":"hunter2"}]}', 'hunter2'],
    ['an env entry in a diff', '+  - name: DB_PASSWORD\n+    value: hunter2\n+  - name: PORT', 'hunter2'],
    [
      'an env entry in JSON that was cut off',
      'spec: {\\"name\\":\\"DB_PASSWORD\\",\\"value\\":\\"hunter2\\"',
      'hunter2',
    ],
  ])('hides %s', (_what, text, secret) => {
    expect(redactText(text)).not.toContain(secret)
    expect(redactText(text)).toMatch(/\[redacted]|\[e-mail]/)
  })

  it.each([
    "Error: couldn't find key url in Secret goalixa-production/core-database",
    'MountVolume.SetUp failed for volume "tls": secret "core-tls" not found',
    'harbor.goalixa.com/goalixa/core@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'synced core 4b825dc642cb6eb9a060e54bf8d69288fbee4904 in pod core-7d9f8b6c5-x2x9k',
    'git@github.com:goalixa/deploy.git',
    'http://core:8080/v1/tasks?since=12',
    'token: invalid',
    'client_secret is missing, --token must be set and refresh_token has expired',
    'the token kube-root-ca was not found; Secret CoreDatabase2 is missing',
    'kind=Secret secretName=core-database port: 5432',
    '{"level":30,"msg":"listening","port":8080}',
  ])('keeps what is no secret: %s', text => {
    expect(redactText(text)).toBe(text)
  })

  // The beginning and the inside of every rule's pattern, again and again.
  it.each([
    ...[
      'a-',
      'eyJ-',
      'eyJaaaaa.',
      'name:token\n \n',
      'name: ',
      'name":"a","value":"',
      'a.',
      'x@',
      'a@b.',
      '.@',
      'a:',
    ],
    ...[
      'password',
      'password\\x1b[0m',
      'password=',
      'token = ',
      'api_key',
      'authorization: basic ',
      'Bearer ',
    ],
    ...[
      'set-cookie:',
      '://',
      'a://b:',
      'a://b:c',
      '-----BEGIN ',
      '-----BEGIN PRIVATE KEY-----',
      '-----BEGIN A',
    ],
    ...[
      'AKIA',
      'ghp_a',
      'xoxb-',
      'hooks.slack.com/services/',
      'sk-',
      'sk-a',
      'AIza',
      '\\x1b[',
      '\\"',
      '\n',
      ' ',
      '_',
    ],
  ])('comes to an end with a hostile line of a million characters: %s', part => {
    expect(redactText(part.repeat(1_000_000 / part.length))).toBeTypeOf('string')
  })

  it('changes nothing more when it is applied again', () => {
    const once = redactText(`Authorization: Bearer ${JWT}, password=x, a@b.de, postgres://u:p@h/d`)
    expect(redactText(once)).toBe(once)
  })
})

describe('redact', () => {
  it('redacts values by the name of their field or pair, and keeps references', () => {
    const pod = {
      env: [
        { name: 'JWT_SECRET', value: 'plain' },
        { name: 'PORT', value: '8080' },
        { name: 'URL', valueFrom: { secretKeyRef: { name: 'core-database', key: 'password' } } },
      ] as Json[],
      clientSecret: 'abc',
      volumes: [{ secret: { secretName: 'core-tls' } }],
      automountServiceAccountToken: false,
      data: { password: null },
    }
    expect(redact(pod)).toEqual({
      ...pod,
      clientSecret: '[redacted]',
      env: [{ name: 'JWT_SECRET', value: '[redacted]' }, ...pod.env.slice(1)],
    })
  })
})

describe('neutralise', () => {
  it('escapes characters that would control a terminal or reverse a line', () => {
    expect(escapeControlCharacters('a\x1b[31mb\u202ec\u200bd\r\ne\tf\u0007\ud800')).toBe(
      'a\\x1b[31mb\\u202ec\\u200bd\\x0d\ne\tf\\x07\\ud800',
    )
  })
  it('leaves ordinary text of any language alone', () => {
    expect(escapeControlCharacters('größer 猫 🙂 é')).toBe('größer 猫 🙂 é')
  })
})

describe('the steps of redaction', () => {
  const stepsOf = (value: unknown) => {
    const steps = redactInSteps(value, { textChars: 16_384 })
    let count = 0
    while (!steps.next().done) count += 1
    return count
  }

  it('are as many for long texts as for many', () => {
    expect(stepsOf(Array.from({ length: 100 }, () => 'a@1.1 '.repeat(2_000)))).toBeGreaterThan(90)
  })

  it('do not escape what is left out', () => {
    const text = '\u202e'.repeat(200_000)
    let prepared = 0
    const prepare = (part: string) => {
      prepared += part.length
      return part
    }
    const steps = redactInSteps([text, `[${text}`], { textChars: 16_384, prepare })
    while (!steps.next().done);
    expect(prepared).toBeLessThanOrEqual(2 * 16_384)
  })
})

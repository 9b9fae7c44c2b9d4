import { expect, test } from 'vitest'
import { parseImageReference } from './parse-image-reference.ts'

test.each([
  ['harbor.goalixa.com/goalixa/core:1.4.0', 'harbor.goalixa.com/goalixa/core:1.4.0'],
  ['localhost:5000/core', 'localhost:5000/core:latest'],
  ['redis', 'docker.io/library/redis:latest'],
  ['bitnami/redis:7', 'docker.io/bitnami/redis:7'],
  [`ghcr.io/a/b@sha256:${'0'.repeat(64)}`, 'ghcr.io/a/b:latest'],
])('%s resolves to %s', (reference, name) => {
  expect(parseImageReference(reference)?.name).toBe(name)
})

test.each(['', 'UPPER/case', 'registry.test/a:b:c', 'registry.test/../../etc:passwd', 'a b'])(
  '%j is not a reference',
  reference => {
    expect(parseImageReference(reference)).toBeUndefined()
  },
)

import { readFileSync } from 'node:fs'
import { questionId } from '@goalixa/agents/snapshot/question-id'
import { expect, it } from 'vitest'
import { ROOT, sourceFiles } from './source-files.ts'

const HOME = 'agents/snapshot/question-id.ts'
const constructors = Object.values(questionId) as ((...parts: string[]) => string)[]
const made = constructors.map(make => make('a', 'b', 'c', 'd'))
const heads = [...new Set(made.filter(id => id.includes('/')).map(id => id.split('/')[0]))]
/** Matches the beginning of an id as a literal; module paths begin with a dot or an at sign instead. */
const literal = new RegExp(`['"\`](?:${heads.join('|')})/`)

it('a question id is created by its constructor and spelled out nowhere else', () => {
  const readers = sourceFiles().filter(
    path =>
      /^(agents|syntra|sandbox|evals)\//.test(path) &&
      !/\.test\.ts$|^agents\/legacy\//.test(path) &&
      path !== HOME,
  )
  const written = readers.flatMap(path =>
    readFileSync(ROOT + path, 'utf8')
      .split('\n')
      .flatMap((line, index) => (literal.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  )
  expect(written).toEqual([])
})

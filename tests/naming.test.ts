import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { copiedMessages, forbiddenFileNames, forbiddenNames, forbiddenPhrases } from './plain-english.ts'
import { ROOT, sourceFiles } from './source-files.ts'

// The rules of docs/glossary.md and CONTRIBUTING.md, section "Names". Change a rule there first if it makes code less clear.
const files = sourceFiles()
const production = files.filter(path => !/\.test\.ts$|(^|\/)(testing|tests|conformance)\//.test(path))
const read = (path: string) => readFileSync(ROOT + path, 'utf8')

describe('names', () => {
  it('of files describe their content: no clause, question, pronoun, negation or catch-all', () => {
    expect(files.filter(path => forbiddenFileNames.some(pattern => pattern.test(basename(path))))).toEqual([])
  })

  it('of exports are nouns or verbs in the terms of the field', () => {
    const wrong = production.flatMap(path =>
      exportsOf(read(path))
        .filter(name => forbiddenNames.some(pattern => pattern.test(name)))
        .map(name => `${path}: ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('are exported once in a workspace', () => {
    const homes = Map.groupBy(
      production.flatMap(path => exportsOf(read(path)).map(name => ({ name, path, house: houseOf(path) }))),
      ({ house, name }) => `${house} ${name}`,
    )
    const twice = [...homes]
      .filter(([, found]) => new Set(found.map(({ path }) => path)).size > 1)
      .map(([key, found]) => `${key}: ${found.map(({ path }) => path).join(', ')}`)
    expect(twice).toEqual([])
  })

  it('callback parameters name the element', () => {
    const wrong = files.filter(path => /\(?\bone\b\)?(?::[^=)]*\))? =>/.test(read(path)))
    expect(wrong).toEqual([])
  })
})

describe('sentences that people read', () => {
  it('are plain engineering English', () => {
    const wrong = production.flatMap(path =>
      stringsOf(read(path)).flatMap(({ text, line }) => {
        const isCopied = path.startsWith('emulators/') && copiedMessages.includes(text)
        const found = isCopied ? undefined : forbiddenPhrases.find(phrase => phrase.pattern.test(text))
        return found === undefined
          ? []
          : [`${path}:${line}: "${text.trim().slice(0, 100)}" (write: ${found.write})`]
      }),
    )
    expect(wrong).toEqual([])
  })
})

/** Returns the names that a module exports by declaration. */
function exportsOf(source: string): string[] {
  const declared = source.matchAll(
    /^export (?:async )?(?:function\*?|const|let|class|type|interface|enum) (\w+)/gm,
  )
  return [...new Set([...declared].map(([, name]) => name ?? ''))]
}

// A workspace has one vocabulary. The adapters of a port name their functions after the functions of the port.
function houseOf(path: string): string {
  const [top = '', second = '', third = ''] = path.split('/')
  if (top === 'emulators' || top === 'product-services') return `${top}/${second}`
  const isPort = top === 'tools' && (second === 'forge' || second === 'delivery')
  return isPort && !third.endsWith('.ts') ? `${top}/${second}/${third}` : top
}

/** Returns the quoted texts that contain a space, sentences rather than keys; comments are excluded. */
function stringsOf(source: string): { text: string; line: number }[] {
  const bare = source.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, comment =>
    comment.replace(/[^\n]/g, ' '),
  )
  return [...bare.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)]
    .map(match => ({ text: match[1] ?? match[2] ?? match[3] ?? '', index: match.index }))
    .filter(({ text }) => /\s/.test(text))
    .map(({ text, index }) => ({ text, line: bare.slice(0, index).split('\n').length }))
}

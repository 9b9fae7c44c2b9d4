import { expect, it } from 'vitest'
import { readCut } from './evidence.ts'

it.each([
  ['objects: 3 of 90 items left out', { path: 'objects', unit: 'items', kept: 87, total: 90 }],
  ['a[0]: 30 of 80 characters left out', { path: 'a[0]', unit: 'characters', kept: 50, total: 80 }],
  ['the result: 1 of 4 items left out', { path: '', unit: 'items', kept: 3, total: 4 }],
  ['the result is larger than 1000 characters', null],
])('a cut of evidence that an earlier version recorded is read: %s', (sentence, cut) => {
  expect(readCut(sentence)).toEqual(cut)
})

import type { z } from 'zod'

type Json = z.core.util.JSONType
export type Difference = { path: string; before: Json; after: Json }

/** What differs between two JSON values, field by field. Lists of named items are compared by name, not by position. */
export function diffJson(before: unknown, after: unknown, path = ''): Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const left = branchesOf(before)
  const right = branchesOf(after)
  if (left === null || right === null) return [{ path, before: jsonOf(before), after: jsonOf(after) }]
  const names = [...new Set([...left.keys(), ...right.keys()])].toSorted()
  return names.flatMap(name =>
    diffJson(left.get(name), right.get(name), path === '' ? name : `${path}.${name}`),
  )
}

function branchesOf(value: unknown): Map<string, unknown> | null {
  if (Array.isArray(value)) {
    const names = value.map(nameOf)
    const isNamed = names.every(name => name !== null) && new Set(names).size === names.length
    return isNamed ? new Map(value.map((item, index) => [`[${names[index]}]`, item])) : null
  }
  if (typeof value === 'object' && value !== null) return new Map(Object.entries(value))
  return null
}

function nameOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null) return null
  const { name, containerPort } = item as Record<string, unknown>
  if (typeof name === 'string') return name
  return typeof containerPort === 'number' ? String(containerPort) : null
}

function jsonOf(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json)
}

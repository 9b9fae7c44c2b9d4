import { describe, expect, it } from 'vitest'
import { allTools, findTool, readTools, writeTools } from './catalog.ts'

describe('the catalog', () => {
  it('finds each tool by its unique name', () => {
    expect(new Set(allTools.map(tool => tool.name)).size).toBe(allTools.length)
    for (const tool of allTools) expect(findTool(tool.name)).toBe(tool)
  })

  it.each(['shell_exec', '__proto__', ''])('knows no tool named %j', name => {
    expect(() => findTool(name)).toThrow(expect.objectContaining({ kind: 'missing', code: 'NO_SUCH_TOOL' }))
  })

  it('gives models read tools only', () => {
    expect(readTools.every(tool => tool.effect === 'read')).toBe(true)
    expect(writeTools.every(tool => tool.effect === 'write')).toBe(true)
  })

  it.each(allTools)('$name is named after its system and rejects unknown arguments', tool => {
    expect(tool.name).toMatch(/^(kubernetes|prometheus|alertmanager|delivery|forge|runbooks)_[a-z_]+$/)
    expect(tool.description).toMatch(/^[A-Z].+\.$/)
    const issues = tool.input.safeParse({ surprise: true }).error?.issues ?? []
    expect(issues).toContainEqual(expect.objectContaining({ code: 'unrecognized_keys', keys: ['surprise'] }))
  })

  it.each(writeTools)('$name cannot be called without the id of an action', tool => {
    const issues = tool.input.safeParse({}).error?.issues ?? []
    expect(issues.map(issue => issue.path[0])).toContain('actionId')
  })
})

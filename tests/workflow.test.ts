import { accessSync, constants, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from './source-files.ts'

type Job = { container?: { image: string }; steps: { uses?: string; run?: string }[] }

const workflow = readFileSync(`${ROOT}.github/workflows/ci.yml`, 'utf8')
const jobs: Job[] = Object.values(parse(workflow).jobs)
const steps = jobs.flatMap(job => job.steps)

it('each step of the workflow only runs a script of this repository', () => {
  const scripts = steps.flatMap(({ run }) => run ?? [])
  expect(scripts).toContain('bin/test')
  for (const script of scripts) {
    expect(script).toMatch(/^(bin|\.ci)\/[\w-]+$/)
    expect(() => accessSync(ROOT + script, constants.X_OK)).not.toThrow()
  }
})

it('actions are pinned to a commit', () => {
  const actions = steps.flatMap(({ uses }) => uses ?? [])
  expect(actions.filter(action => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([])
})

it('the workflow runs on the Node that npm installs', () => {
  const images = jobs.flatMap(({ container }) => container?.image ?? [])
  expect(new Set(images)).toEqual(new Set([`node:${readFileSync(`${ROOT}.nvmrc`, 'utf8').trim()}-bookworm`]))
})

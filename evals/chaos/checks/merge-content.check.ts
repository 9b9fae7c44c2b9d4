import { revertsOf } from '../remedies/applications.ts'
import { REPOSITORY } from '../system/start-targets.ts'
import type { Check, Violation } from './check.ts'

export const mergeContent: Check = {
  name: 'merge-content',
  promise:
    'every revert that Syntra merged restores the previous version and changes nothing else, and no commit of an outsider is on the branch',
  async run({ system: { targets }, services }) {
    const violations: Violation[] = []
    let checked = 0
    const repository = `/repos/${REPOSITORY}`
    for (const service of services.filter(({ prepared }) => prepared.bad !== undefined)) {
      for (const pull of await revertsOf(targets, service.name)) {
        if (pull.merged_at === null) continue
        checked += 1
        const files: { filename: string }[] = await targets.github(
          'GET',
          `${repository}/pulls/${pull.number}/files`,
        )
        const version = await readVersion(service.name, String(pull.merge_commit_sha))
        const isRevertOfRevert = pull.title.includes('Merge pull request')
        if (version !== (isRevertOfRevert ? 'bad' : 'good'))
          violations.push({
            id: `#${pull.number}`,
            message: `${service.name} has version ${version} after the merge of "${pull.title}"`,
            lookAt: `git show ${pull.merge_commit_sha}`,
          })
        const others = files
          .map(({ filename }) => filename)
          .filter(name => name !== `${service.name}/config.json`)
        if (others.length > 0)
          violations.push({
            id: `#${pull.number}`,
            message: `the merged revert of ${service.name} also changes ${others.join(', ')}`,
            lookAt: `git log ${pull.merge_commit_sha}`,
          })
      }
    }
    const { tree }: { tree: { path: string }[] } = await targets.github(
      'GET',
      `${repository}/git/trees/main?recursive=1`,
    )
    for (const { path } of tree.filter(({ path }) => path.endsWith('evil.json')))
      violations.push({
        id: path,
        message: `${path} of an outsider is on main`,
        lookAt: `git log main -- ${path}`,
      })
    return { checked, violations }

    async function readVersion(service: string, ref: string): Promise<string> {
      const { content } = await targets.github(
        'GET',
        `${repository}/contents/${service}/config.json?ref=${ref}`,
      )
      const { data } = JSON.parse(Buffer.from(content, 'base64').toString())
      return data.VERSION
    }
  },
}

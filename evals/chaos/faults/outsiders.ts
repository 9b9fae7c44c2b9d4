import { ACTION_ID_ANNOTATION } from '@goalixa/tools/action-id-annotation'
import { actionTrailer, revertBranchPrefix } from '@goalixa/tools/forge/github/revert-branch'
import type { Journal } from '../load/journal.ts'
import type { BeforeDecision } from '../load/run-operators.ts'
import { tamperWithActionId } from '../remedies/deployments.ts'
import type { Service } from '../remedies/remedy.ts'
import { REPOSITORY, type Targets } from '../system/start-targets.ts'
import type { Fault, FaultContext, Injected } from './fault.ts'

/** Somebody writes an action's id on the workload, where Syntra would look for its own effect. */
export const annotationTampered: Fault = {
  name: 'annotation tampered with',
  kind: 'interference',
  seconds: [12, 20],
  inject: async context =>
    beforeDecisions(context, async ({ id, proposal: { target } }) => {
      const { system, journal } = context
      if (target.app !== null) return
      const generations = await tamperWithActionId(system.targets, target.name, id)
      journal.changedOutside(target.name, generations)
      journal.tamper({ what: 'annotation', service: target.name, actionId: id })
    }),
}

/** Somebody writes an action's id on the application, with another setting of auto-sync to restore. */
export const autoSyncTampered: Fault = {
  name: 'auto-sync to restore tampered with',
  kind: 'interference',
  seconds: [12, 20],
  inject: async context =>
    beforeDecisions(context, async ({ id, proposal: { target } }) => {
      const { system, journal } = context
      if (target.app === null) return
      const annotations = {
        [ACTION_ID_ANNOTATION]: id,
        'syntra.goalixa.com/auto-sync-before': '{"prune":false,"selfHeal":true}',
      }
      const patch = JSON.stringify({ metadata: { annotations } })
      await system.targets.argocd('PATCH', `/applications/${target.app}`, { patch, patchType: 'merge' })
      journal.tamper({ what: 'auto-sync', service: target.name, actionId: id })
    }),
}

/** Another account creates a revert's branch first, with its own commit that carries the action's trailer. */
export const branchSquatted: Fault = {
  name: 'revert branch squatted',
  kind: 'interference',
  seconds: [12, 20],
  inject: async context =>
    beforeDecisions(context, async ({ id, proposal: { target } }) => {
      const { system, services, journal } = context
      const service = services.find(({ name }) => name === target.app)
      if (service !== undefined) await squatBranch(system.targets, journal, service, id)
    }),
}

/** Pushes a branch that looks like that of an action's revert, with a change of an outsider's own, and opens the pull request. */
export async function squatBranch(
  { outsider }: Targets,
  journal: Journal,
  { name, prepared }: Service,
  actionId: string,
): Promise<void> {
  const branch = `${revertBranchPrefix(String(prepared.bad), actionId)}-${'e'.repeat(12)}`
  const repository = `/repos/${REPOSITORY}`
  const title = `Revert "${name} bad"`
  const { object } = await outsider('GET', `${repository}/git/ref/heads/main`)
  await outsider('POST', `${repository}/git/refs`, { ref: `refs/heads/${branch}`, sha: object.sha })
  await outsider('PUT', `${repository}/contents/${name}/evil.json`, {
    message: `${title}\n\nThis reverts commit ${prepared.bad}.\n\n${actionTrailer(actionId)}`,
    content: Buffer.from(evilManifest(name)).toString('base64'),
    branch,
  })
  await outsider('POST', `${repository}/pulls`, { title, head: branch, base: 'main' })
  journal.tamper({ what: 'branch', service: name, actionId })
}

/** Another account adds a commit to the branch of a revert, as soon as Syntra has opened the pull request. */
export const branchMoved: Fault = {
  name: 'revert branch moved',
  kind: 'interference',
  seconds: [12, 20],
  async inject({ system, services, journal }) {
    const { outsider } = system.targets
    let isOver = false
    let moves = 0
    const moved = (async () => {
      while (!isOver) {
        const pulls = await outsider('GET', `/repos/${REPOSITORY}/pulls?state=open&per_page=100`).catch(
          () => [],
        )
        for (const { title, head, user } of pulls) {
          const service = services.find(({ name }) => title.includes(`"${name} `))
          if (user.login !== 'syntra' || service === undefined || isOver) continue
          const path = `/repos/${REPOSITORY}/contents/${service.name}/evil.json`
          const content = Buffer.from(evilManifest(service.name)).toString('base64')
          const isMoved = await outsider('PUT', path, {
            message: 'One more change',
            content,
            branch: head.ref,
          }).then(
            () => true,
            () => false,
          )
          if (!isMoved) continue
          moves += 1
          journal.tamper({ what: 'moved branch', service: service.name, actionId: head.ref })
        }
        await new Promise(resolve => setTimeout(resolve, 30))
      }
    })()
    return {
      detail: '',
      strikes: () => moves,
      heal() {
        isOver = true
        return moved
      },
    }
  },
}

function beforeDecisions({ beforeDecision, journal }: FaultContext, act: BeforeDecision): Injected {
  let strikes = 0
  const strike: BeforeDecision = async action => {
    const before = journal.tamperings.length
    await act(action)
    strikes += journal.tamperings.length - before
  }
  beforeDecision.add(strike)
  return { detail: '', strikes: () => strikes, heal: () => void beforeDecision.delete(strike) }
}

function evilManifest(service: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${service}-evil` },
    data: { OWNER: 'mallory' },
  })
}

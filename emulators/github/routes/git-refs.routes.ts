import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { isAncestor } from '../git/merge-commits.ts'
import { isRefName, listRefs, type Ref, readRef, typeOfObject } from '../git/read-refs.ts'
import type { Change, GithubContext } from '../github-context.ts'
import { notFound, unprocessable } from '../http/github-error.ts'
import { paginate } from '../http/paginate.ts'
import { readBody } from '../http/read-body.ts'
import { pushRejection } from '../protection/find-unmet-requirement.ts'
import { moveRef } from '../pulls/move-ref.ts'

type RefParams = { Params: { '*': string } }

const NewRef = z.object({ ref: z.string(), sha: z.string() })
const MovedRef = z.object({ sha: z.string(), force: z.boolean().default(false) })

/** Serves Git refs. Moves are fast-forward unless forced; protected branches reject them. */
export function gitRefsRoutes(app: FastifyInstance, context: GithubContext) {
  app.get<RefParams>('/git/ref/*', async request => {
    const repository = context.open(request)
    const name = `refs/${request.params['*']}`
    const [ref] = (await listRefs(repository.directory, name)).filter(each => each.ref === name)
    if (!ref) throw notFound()
    return render(ref, context.urlOf(repository))
  })

  app.get<RefParams>('/git/matching-refs/*', async (request, reply) => {
    const repository = context.open(request)
    const refs = await listRefs(repository.directory, `refs/${request.params['*']}`)
    return paginate(
      request,
      reply,
      refs.map(ref => render(ref, context.urlOf(repository))),
    )
  })

  app.post('/git/refs', (request, reply) =>
    context.change(request, async change => {
      const { ref, sha } = readBody(NewRef, request.body, 'Reference')
      if (!/^refs\/(heads|tags)\/./.test(ref) || !isRefName(ref))
        throw unprocessable(`${ref} is not a valid ref name.`)
      if ((await readRef(change.directory, ref)) !== null) throw unprocessable('Reference already exists')
      await requireObject(change, sha)
      await moveRef(change, ref, sha)
      reply.status(201)
      return render({ ref, sha, type: 'commit' }, change.repoUrl)
    }),
  )

  app.patch<RefParams>('/git/refs/*', request =>
    context.change(request, async change => {
      const ref = `refs/${request.params['*']}`
      const { sha, force } = readBody(MovedRef, request.body, 'Reference')
      const before = await readRef(change.directory, ref)
      if (before === null) throw unprocessable('Reference does not exist')
      await requireObject(change, sha)
      const isForward = await isAncestor(change.directory, before, sha)
      if (!isForward && !force) throw unprocessable('Update is not a fast forward')
      rejectProtected(change, ref, isForward ? null : 'Cannot force-push to this branch')
      await moveRef(change, ref, sha)
      return render({ ref, sha, type: 'commit' }, change.repoUrl)
    }),
  )

  app.delete<RefParams>('/git/refs/*', (request, reply) =>
    context.change(request, async change => {
      const ref = `refs/${request.params['*']}`
      if ((await readRef(change.directory, ref)) === null) throw unprocessable('Reference does not exist')
      rejectProtected(change, ref, 'Cannot delete this branch')
      if (ref === `refs/heads/${change.draft.defaultBranch}`)
        throw unprocessable('Cannot delete the default branch')
      await moveRef(change, ref, null)
      reply.status(204)
    }),
  )
}

function rejectProtected({ draft }: Change, ref: string, otherReason: string | null): void {
  const branch = ref.replace('refs/heads/', '')
  if (!draft.protections[branch]) return
  const reason = otherReason ?? pushRejection(draft, branch)
  if (reason !== null) throw unprocessable(reason)
}

async function requireObject({ directory }: Change, sha: string): Promise<void> {
  const isFull = /^[0-9a-f]{40}$/.test(sha)
  if (!isFull || (await typeOfObject(directory, sha)) === null) throw unprocessable('Object does not exist')
}

function render({ ref, sha, type }: Ref, repoUrl: string) {
  return {
    ref,
    node_id: `REF_${Buffer.from(ref).toString('base64url')}`,
    url: `${repoUrl}/git/${ref}`,
    object: { sha, type, url: `${repoUrl}/git/${type}s/${sha}` },
  }
}

import type { FastifyInstance } from 'fastify'
import type { GithubContext } from '../github-context.ts'
import { paginate } from '../http/paginate.ts'
import { renderUser } from '../render/render-user.ts'
import type { Activity } from '../store/repository-state.ts'

type Filter = { ref?: string; actor?: string; activity_type?: string; direction?: 'asc' | 'desc' }

const NOTHING = '0'.repeat(40)

/** Serves who created, moved and deleted which branch, and when; newest first. */
export function activityRoutes(app: FastifyInstance, context: GithubContext) {
  app.get<{ Querystring: Filter }>('/activity', async (request, reply) => {
    const { state } = context.open(request)
    const { ref, actor, activity_type, direction = 'desc' } = request.query
    const wanted = state.activities.filter(
      activity =>
        (ref === undefined || activity.ref === `refs/heads/${ref.replace('refs/heads/', '')}`) &&
        (actor === undefined || activity.actor === actor) &&
        (activity_type === undefined || typeOf(activity) === activity_type),
    )
    const inOrder = direction === 'asc' ? wanted : wanted.toReversed()
    return paginate(request, reply, inOrder).map(activity => ({
      id: activity.id,
      node_id: `ACT_${activity.id}`,
      before: activity.before ?? NOTHING,
      after: activity.after ?? NOTHING,
      ref: activity.ref,
      timestamp: activity.at,
      activity_type: typeOf(activity),
      actor: renderUser(activity.actor, context.baseUrl()),
    }))
  })
}

function typeOf({ before, after, isForced }: Activity): string {
  if (before === null) return 'branch_creation'
  if (after === null) return 'branch_deletion'
  return isForced ? 'force_push' : 'push'
}

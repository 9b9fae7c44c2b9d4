import type { Chain } from './chain.ts'
import { cardOf } from './codes.ts'
import { counterfactual } from './counterfactual.ts'
import type { Snapshot } from './snapshot.ts'
import type { Argument, Finding } from './verdict.ts'
import { secondsOf } from './view/clock.ts'
import type { View } from './view/view.ts'

export type Arguments = { for: Argument[]; against: Argument[] }
type Context = {
  view: View
  chain: Chain
  change: Snapshot['changes'][number] | null
  findings: Finding[]
  rivals: Chain[]
}

/** What speaks for and against a root being the cause, each with what was read to know it. */
export function counterEvidence(context: Context): Arguments {
  const arguments_ = [
    ownWord(context),
    logAgrees(context),
    changeArgument(context),
    newAgainstOld(context),
    siblings(context),
    order(context),
    reachesAlert(context),
    coverage(context),
    rival(context),
    putBack(context),
  ].flat()
  return {
    for: arguments_.filter(one => one.side === 'for').map(bare),
    against: arguments_.filter(one => one.side === 'against').map(bare),
  }
}

type Sided = Argument & { side: 'for' | 'against' }

function bare({ code, says, evidence }: Sided): Argument {
  return { code, says, evidence }
}

/** What an object's own fields or status say is not inferred. */
function ownWord({ chain: { root } }: Context): Sided[] {
  const isMeasured =
    cardOf(root.code).layer === 0 ||
    ['REVISION_', 'SERVICE_SLOW', 'SERVICE_ERRORS'].some(one => root.code.startsWith(one))
  if (isMeasured) return []
  return [
    {
      side: 'for',
      code: 'OBJECT_SAYS_SO',
      says: `it is read from the object itself: ${root.says}`,
      evidence: root.evidence,
    },
  ]
}

function logAgrees({ view, chain: { root } }: Context): Sided[] {
  const logs = view.snapshot.logs.filter(one => root.evidence.includes(one.evidence)).map(one => one.evidence)
  return logs.length === 0
    ? []
    : [
        {
          side: 'for',
          code: 'LOG_AGREES',
          says: 'the log of the process says the same',
          evidence: [...new Set(logs)],
        },
      ]
}

function changeArgument({ chain: { root }, change }: Context): Sided[] {
  if (change !== null)
    return [
      {
        side: 'for',
        code: 'CHANGE_FITS',
        says: `a change of the right kind came before it: ${change.summary}`,
        evidence: change.evidence,
      },
    ]
  const { layer, mechanism } = cardOf(root.code)
  if (mechanism === null || layer === 0) return []
  return [
    {
      side: 'against',
      code: 'NO_CHANGE_FOUND',
      says: 'no change was found that would bring it about',
      evidence: root.evidence,
    },
  ]
}

/** Old pods that are fine beside new ones that are not are the strongest evidence against a release, and the reverse. */
function newAgainstOld({ view, chain: { root }, change }: Context): Sided[] {
  const workload = view.workloadNamed(root.subject.name)
  if (change?.kind !== 'rollout' || workload === undefined) return []
  const [newest] = view.revisionsOf(workload)
  const pods = view.livePodsOf(workload)
  const old = pods.filter(pod => pod.revision !== newest?.hash)
  const fresh = pods.filter(pod => pod.revision === newest?.hash)
  if (old.length === 0 || fresh.length === 0) return comparedInTime(view, root)
  const evidence = [...new Set([...old, ...fresh].map(pod => pod.evidence))]
  const isOldFine = old.every(pod => pod.isReady !== false)
  const isNewBad = fresh.some(pod => pod.isReady === false || pod.containers.some(one => one.restarts > 0))
  if (isOldFine && isNewBad)
    return [
      {
        side: 'for',
        code: 'OLD_PODS_HEALTHY',
        says: `${old.length} pods of the old revision beside it are healthy`,
        evidence,
      },
    ]
  if (!isOldFine && isNewBad)
    return [
      {
        side: 'against',
        code: 'OLD_PODS_TOO',
        says: 'pods of the old revision have trouble as well',
        evidence,
      },
    ]
  return []
}

function comparedInTime(view: View, root: Finding): Sided[] {
  const names = root.code === 'REVISION_SLOWER' ? 'latency-mean-by-revision' : 'error-ratio-by-revision'
  const series = view.series(names).filter(one => one.labels.service === root.service)
  if (!root.code.startsWith('REVISION_') || series.length < 2) return []
  const evidence = [...new Set(series.map(one => one.evidence))]
  return [
    {
      side: 'for',
      code: 'NEW_REVISION_WORSE',
      says: 'the new revision does worse than the old one did',
      evidence,
    },
  ]
}

/** Services that the root does not reach are the control group. */
function siblings({ view, chain, findings }: Context): Sided[] {
  const reached = new Set([chain.root, ...chain.explained].map(one => one.service))
  const others = [...new Set(view.workloads.map(one => one.service))].filter(service => !reached.has(service))
  const sick = findings.filter(
    one =>
      one.service !== null && others.includes(one.service) && [3, 4, 5, 6].includes(cardOf(one.code).layer),
  )
  if (sick.length > 0) {
    const evidence = [...new Set(sick.flatMap(one => one.evidence))]
    const names = [...new Set(sick.map(one => one.service))].join(', ')
    return [
      {
        side: 'against',
        code: 'OTHERS_SICK_TOO',
        says: `${names} has trouble that this does not explain`,
        evidence,
      },
    ]
  }
  const healthy = view.workloads.filter(
    one => others.includes(one.service) && one.ready >= (one.desired ?? 0),
  )
  if (healthy.length === 0) return []
  const evidence = [...new Set(healthy.map(one => one.evidence))]
  return [
    {
      side: 'for',
      code: 'SIBLINGS_HEALTHY',
      says: `${healthy.map(one => one.name).join(', ')}, which it does not touch, is healthy`,
      evidence,
    },
  ]
}

function order({ view, chain: { links } }: Context): Sided[] {
  const known = links.filter(one => secondsOf(one.onset) !== null)
  const evidence = [...new Set(known.flatMap(one => one.evidence))]
  const [root] = links
  if (known.length < 2 || evidence.length === 0 || known[0] !== root) return []
  const first = secondsOf(known[0]?.onset) ?? 0
  const isFirst = known.every(one => (secondsOf(one.onset) ?? 0) >= first - view.toleranceSeconds)
  return isFirst
    ? [{ side: 'for', code: 'CAME_FIRST', says: 'it began before everything that it explains', evidence }]
    : [
        {
          side: 'against',
          code: 'CAME_LATER',
          says: 'something that it should explain began before it',
          evidence,
        },
      ]
}

function reachesAlert({ chain: { root, explained } }: Context): Sided[] {
  const alerts = [root, ...explained].filter(one => one.code === 'ALERT_FIRING')
  const evidence = [...new Set(alerts.flatMap(one => one.evidence))]
  return alerts.length === 0
    ? []
    : [{ side: 'for', code: 'EXPLAINS_ALERT', says: 'it leads to the alert that fires', evidence }]
}

/** A cause that leaves users' pain elsewhere unexplained is at best half of it. */
function coverage({ chain, findings }: Context): Sided[] {
  const pains = findings.filter(one => cardOf(one.code).layer === 6)
  const open = pains.filter(one => !chain.explained.includes(one))
  if (pains.length === 0 || open.length > 0) return []
  const evidence = [...new Set(pains.flatMap(one => one.evidence))]
  return [{ side: 'for', code: 'EXPLAINS_ALL', says: 'it explains everything that users feel', evidence }]
}

function rival({ chain, rivals }: Context): Sided[] {
  const symptom = chain.links.at(-1)
  const others = rivals.filter(
    one =>
      one !== chain &&
      one.links.at(-1)?.subject.name === symptom?.subject.name &&
      one.root.service !== chain.root.service,
  )
  return others.slice(0, 1).map(one => ({
    side: 'against' as const,
    code: 'RIVAL',
    says: `this would explain it too: ${one.root.says}`,
    evidence: one.root.evidence,
  }))
}

function putBack({ view, chain: { root }, change }: Context): Sided[] {
  const result = counterfactual(view, root, change)
  if (result === null) return []
  return [
    {
      side: result.stillFires ? 'against' : 'for',
      code: result.stillFires ? 'FIRES_WITHOUT_CHANGE' : 'GONE_WITHOUT_CHANGE',
      says: result.says,
      evidence: result.evidence,
    },
  ]
}

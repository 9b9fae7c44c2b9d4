import type { ChooseTreatment, TargetName, Treatment } from '../system/create-target-proxy.ts'
import type { System } from '../system/start-system.ts'
import type { Fault } from './fault.ts'

const TARGETS: readonly TargetName[] = ['kubernetes', 'argocd', 'github', 'prometheus']

/** A write reaches its target only after its worker, which was suspended meanwhile, has lost its lease. */
export const writeLate: Fault = {
  name: 'write held until another worker took over',
  kind: 'outage',
  seconds: [12, 16],
  async inject({ system, random }) {
    const suspended = new Set<string>()
    const { heal, strikes } = treatWith(system, ({ isWrite, worker: name }) => {
      const worker = system.workers.find(each => each.name === name)
      // One worker at a time: another one has to take over.
      if (!isWrite || worker === undefined || suspended.size > 0) return { kind: 'pass' }
      suspended.add(name)
      worker.process.pause()
      system.database.endSessions(worker.database.sessionPorts()).catch(() => undefined)
      return { kind: 'late', ms: random.between(5_000, 7_000) }
    })
    return {
      detail: '',
      strikes,
      heal() {
        heal()
        for (const worker of system.workers) if (suspended.has(worker.name)) worker.process.resume()
      },
    }
  },
}

/** A target takes a request and answers after the deadline. */
export const targetLate: Fault = {
  name: 'target late',
  kind: 'outage',
  seconds: [4, 8],
  inject: async ({ system, random }) =>
    treatSome(system, random.pick(TARGETS), () =>
      random.isHit(0.5) ? { kind: 'late', ms: random.between(2_000, 12_000) } : { kind: 'pass' },
    ),
}

/** A target takes requests and never answers. */
export const targetHanging: Fault = {
  name: 'target hanging',
  kind: 'outage',
  seconds: [4, 8],
  inject: async ({ system, random }) =>
    treatSome(system, random.pick(TARGETS), () => ({ kind: 'hang', ms: 20_000 })),
}

/** A target answers with something that is not JSON. */
export const targetGarbage: Fault = {
  name: 'target answering garbage',
  kind: 'outage',
  seconds: [3, 6],
  inject: async ({ system, random }) =>
    treatSome(system, random.pick(TARGETS), () =>
      random.isHit(0.7) ? { kind: 'garbage' } : { kind: 'pass' },
    ),
}

/** A target answers reads with hundreds of megabytes. */
export const targetHuge: Fault = {
  name: 'target answering without end',
  kind: 'outage',
  seconds: [2, 4],
  inject: async ({ system, random }) =>
    treatSome(system, random.pick(TARGETS), ({ isWrite }) =>
      !isWrite && random.isHit(0.5) ? { kind: 'huge' } : { kind: 'pass' },
    ),
}

function treatSome(
  system: System,
  target: TargetName,
  choose: (request: Parameters<ChooseTreatment>[0]) => Treatment,
) {
  return {
    detail: target,
    ...treatWith(system, request => (request.target === target ? choose(request) : { kind: 'pass' })),
  }
}

function treatWith({ treatments }: System, choose: ChooseTreatment) {
  let treated = 0
  const treat: ChooseTreatment = request => {
    const treatment = choose(request)
    if (treatment.kind !== 'pass') treated += 1
    return treatment
  }
  treatments.add(treat)
  return { strikes: () => treated, heal: () => void treatments.delete(treat) }
}

import type { TargetClass } from './classify-target.ts'

/** A classification with its sources, for people: `staging (label env=stage), tier A (by default)`. */
export function describeClassification({ environment, tier }: TargetClass): string {
  return `${environment.value} (${describeSource(environment)}), tier ${tier.value} (${describeSource(tier)})`
}

function describeSource({ from, text }: TargetClass['environment' | 'tier']): string {
  switch (from) {
    case 'label':
    case 'annotation':
      return `${from} ${text}`
    case 'setting':
      return `SYNTRA_ENVIRONMENTS ${text}`
    case 'name':
      return `namespace ${text}`
    case 'default':
      return 'by default'
  }
}

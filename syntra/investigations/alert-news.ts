import { OBJECT_LABELS } from '@goalixa/agents/snapshot/alert-labels'
import { severityLevelSql } from '../incidents/severity-level.ts'

// The successor of a pod or a job has another name and is the same object. Kubernetes generates these parts of names without vowels.
const GENERATED_NAMES = ['pod', 'replicaset', 'job_name']
const GENERATED = '(-[bcdfghjklmnpqrstvwxz2456789]{6,10})?(-[bcdfghjklmnpqrstvwxz2456789]{5})?$|-[0-9]+$'
const OBJECT = ['namespace', ...OBJECT_LABELS]
const IS_FRESH = `fresh.incident_id = n.id AND fresh.status = 'firing' AND fresh.seen_by IS NULL`
const IS_SEEN = 'seen.incident_id = n.id AND seen.seen_by IS NOT NULL'

/**
 * Whether an incident (`n.id`) has a firing alert that no investigation has seen and that tells something new, as SQL: it is more severe than
 * every alert seen so far, or it is critical and no alert seen so far has its name, its object and at least its severity. A further
 * occurrence of an alert, or the same alert for a replacement of its pod, is not news.
 */
export const HAS_NEWS = `(
  (SELECT min(${levelOf('fresh')}) FROM alerts fresh WHERE ${IS_FRESH})
    < coalesce((SELECT min(${levelOf('seen')}) FROM alerts seen WHERE ${IS_SEEN}), 3)
  OR EXISTS (SELECT fresh.name, ${objectOf('fresh')} FROM alerts fresh WHERE ${IS_FRESH} AND ${levelOf('fresh')} = 0
             EXCEPT SELECT seen.name, ${objectOf('seen')} FROM alerts seen WHERE ${IS_SEEN} AND ${levelOf('seen')} = 0))`

function levelOf(alert: string): string {
  return severityLevelSql(`coalesce(${alert}.labels->>'severity', 'none')`)
}

function objectOf(alert: string): string {
  return `(SELECT jsonb_object_agg(key, CASE WHEN key IN (${listOf(GENERATED_NAMES)}) THEN regexp_replace(value, '${GENERATED}', '') ELSE value END)
    FROM jsonb_each_text(${alert}.labels) WHERE key IN (${listOf(OBJECT)}))`
}

function listOf(names: readonly string[]): string {
  return names.map(name => `'${name}'`).join(', ')
}

import { type Entity, FIELDS, type FieldName, type FieldRule } from '@goalixa/rules/fields/fields'
import { findFieldProblem } from '@goalixa/rules/fields/find-field-problem'
import { html } from 'lit-html'
import { formatCount } from '../format.ts'

/** How much of the limit is left when the field begins to say so. */
const NEARLY_FULL = 0.1

/**
 * Returns what a text field of an entity needs to say its limit before it is exceeded, and not to be sent when it is:
 * `check` listens to its input, `hint` follows it in its label or form. Nothing is ever cut off.
 */
export function limitedField<E extends Entity>(entity: E, name: FieldName<E> & string) {
  const check = ({ currentTarget: field }: Event) => {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return
    const text = field.value.trim()
    const problem = findFieldProblem(entity, name, text)
    field.setCustomValidity(problem === undefined ? '' : `Too long to save: ${problem}.`)
    const hint = field.parentElement?.querySelector('.field-limit')
    if (hint) hint.textContent = field.validationMessage || roomLeft(text, maxOf(entity, name))
    hint?.classList.toggle('is-failure', problem !== undefined)
  }
  return { check, hint: html`<output class="field-limit"></output>` }
}

/** Returns whether a sheet whose fields are saved as they are left has one that cannot be saved, and shows why. */
export function keepsText(sheet: ParentNode): boolean {
  const field = sheet.querySelector<HTMLTextAreaElement>('.task-form textarea:invalid')
  field?.reportValidity()
  return field !== null
}

function roomLeft(text: string, max: number): string {
  const left = max - text.length
  return left >= 0 && left <= max * NEARLY_FULL ? `${formatCount(left, 'character')} left` : ''
}

function maxOf<E extends Entity>(entity: E, name: FieldName<E>): number {
  const rules: Record<PropertyKey, FieldRule> = FIELDS[entity]
  const rule = rules[name]
  return rule?.kind === 'text' ? rule.max : Number.POSITIVE_INFINITY
}

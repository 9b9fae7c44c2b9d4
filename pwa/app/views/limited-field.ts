import { countCharacters } from '@goalixa/rules/fields/count-characters'
import { type Entity, FIELDS, type FieldName, type FieldRule } from '@goalixa/rules/fields/fields'
import { findFieldProblem } from '@goalixa/rules/fields/find-field-problem'
import { html } from 'lit-html'
import { formatCount } from '../format.ts'

/** How much of the limit is left when the field begins to say so. */
const NEARLY_FULL = 0.1

/**
 * Returns what a text field of an entity needs to say its limit before it is exceeded, and not to be sent when it is:
 * `check` listens to its input, `hint` follows it in its label or form. `toSaved` returns what is saved of the text: that is
 * what the limit is for. Nothing is ever cut off.
 */
export function limitedField<E extends Entity>(
  entity: E,
  name: FieldName<E> & string,
  toSaved: (text: string) => string = text => text,
) {
  const check = ({ currentTarget: field }: Event) => {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return
    const text = toSaved(field.value)
    const max = maxOf(entity, name)
    const left = max - countCharacters(text)
    const problem = findFieldProblem(entity, name, text)
    field.setCustomValidity(problem === undefined ? '' : describeProblem(problem, left))
    const hint = field.parentElement?.querySelector('.field-limit')
    if (hint) hint.textContent = field.validationMessage || roomLeft(left, max)
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

function describeProblem(problem: string, left: number): string {
  return left < 0 ? `Too long to save: ${problem}.` : `Cannot be saved: expected ${problem}.`
}

function roomLeft(left: number, max: number): string {
  return left <= max * NEARLY_FULL ? `${formatCount(left, 'character')} left` : ''
}

function maxOf<E extends Entity>(entity: E, name: FieldName<E>): number {
  const rules: Record<PropertyKey, FieldRule> = FIELDS[entity]
  const rule = rules[name]
  return rule?.kind === 'text' ? rule.max : Number.POSITIVE_INFINITY
}

/** Everything of a request beside its messages: numbers, tools, the shape of the answer. */
import { Section } from '../../parts/section.tsx'
import type { Draft, DraftProblems } from '../../state/draft.ts'
import { change, draft } from '../../state/playground.ts'

type Field = 'temperature' | 'maxTokens' | 'topP' | 'parameters' | 'tools' | 'schema'

const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }

/** What stands in an empty field, and what a button puts there. */
const examples = {
  parameters: { seed: 7 },
  tools: [{ type: 'function', function: { name: 'get_weather', description: 'The weather now', parameters: city } }],
  schema: { ...city, additionalProperties: false },
} as const

export function Parameters({ problems }: { readonly problems: DraftProblems }) {
  const { temperature, maxTokens, topP, parameters, tools, schema } = draft.value
  const numbers = [temperature, maxTokens, topP, parameters].some((value) => value !== '')
  return (
    <>
      <Section summary="Parameters" filled={numbers}>
        <div class="pair three">
          <NumberField field="temperature" label="Temperature" problem={problems.temperature} />
          <NumberField field="maxTokens" label="Most tokens" problem={problems.maxTokens} />
          <NumberField field="topP" label="Top p" problem={problems.topP} />
        </div>
        <JsonField field="parameters" label="Others, as JSON" problem={problems.parameters} />
      </Section>
      <Section summary="Tools" filled={tools !== ''}>
        <JsonField field="tools" label="Tools, as JSON" problem={problems.tools} />
      </Section>
      <Section summary="Shape of the answer" filled={schema !== ''}>
        <JsonField field="schema" label="JSON Schema" problem={problems.schema} />
      </Section>
    </>
  )
}

interface FieldProps {
  readonly field: Field
  readonly label: string
  readonly problem: string | undefined
}

function NumberField({ field, label, problem }: FieldProps) {
  return (
    <label>
      {label}
      <input
        inputMode="decimal"
        value={draft.value[field]}
        aria-invalid={problem !== undefined}
        onInput={({ currentTarget }) => change(only(field, currentTarget.value.trim()))}
      />
      {problem && <span class="wrong">{problem}</span>}
    </label>
  )
}

function JsonField({ field, label, problem }: FieldProps & { readonly field: keyof typeof examples }) {
  const example = examples[field]
  return (
    <div class="json-field">
      <label>
        {label}
        <textarea
          class="json"
          rows={4}
          spellcheck={false}
          placeholder={JSON.stringify(example)}
          value={draft.value[field]}
          aria-invalid={problem !== undefined}
          onInput={({ currentTarget }) => change(only(field, currentTarget.value))}
        />
        {problem && <span class="wrong">{problem}</span>}
      </label>
      {draft.value[field] === '' && (
        <button type="button" class="quiet" onClick={() => change(only(field, JSON.stringify(example, undefined, 2)))}>
          Take the example<span class="visually-hidden">: {label}</span>
        </button>
      )}
    </div>
  )
}

function only(field: Field, value: string): Partial<Draft> {
  return { [field]: value }
}

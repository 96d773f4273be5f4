/** Everything of a request beside its messages: numbers, tools, the shape of the answer. */
import type { Draft, DraftProblems } from '../../state/draft.ts'
import { change, draft } from '../../state/playground.ts'

type Field = 'temperature' | 'maxTokens' | 'topP' | 'parameters' | 'tools' | 'schema'

const toolExample = `[{ "type": "function", "function": { "name": "get_weather", "parameters": { "type": "object", "properties": { "city": { "type": "string" } } } } }]`

export function Parameters({ problems }: { readonly problems: DraftProblems }) {
  const { temperature, maxTokens, topP, parameters, tools, schema } = draft.value
  const numbers = [temperature, maxTokens, topP, parameters].some((value) => value !== '')
  return (
    <>
      <details open={numbers}>
        <summary>Parameters</summary>
        <div class="pair three">
          <NumberField field="temperature" label="Temperature" problem={problems.temperature} />
          <NumberField field="maxTokens" label="Most tokens" problem={problems.maxTokens} />
          <NumberField field="topP" label="Top p" problem={problems.topP} />
        </div>
        <JsonField field="parameters" label="Others, as JSON" example={'{ "seed": 7 }'} problem={problems.parameters} />
      </details>
      <details open={tools !== ''}>
        <summary>Tools</summary>
        <JsonField field="tools" label="Tools, as JSON" example={toolExample} problem={problems.tools} />
      </details>
      <details open={schema !== ''}>
        <summary>Shape of the answer</summary>
        <JsonField
          field="schema"
          label="JSON Schema"
          example={'{ "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"] }'}
          problem={problems.schema}
        />
      </details>
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

function JsonField({ field, label, problem, example }: FieldProps & { readonly example: string }) {
  return (
    <label>
      {label}
      <textarea
        class="json"
        rows={4}
        spellcheck={false}
        placeholder={example}
        value={draft.value[field]}
        aria-invalid={problem !== undefined}
        onInput={({ currentTarget }) => change(only(field, currentTarget.value))}
      />
      {problem && <span class="wrong">{problem}</span>}
    </label>
  )
}

function only(field: Field, value: string): Partial<Draft> {
  return { [field]: value }
}

/** Which component is asked, and which of its models where it is not its own. */
import { useId } from 'preact/hooks'

interface ModelFieldProps {
  readonly label: string
  /** A component, or a component and a model with a slash between. */
  readonly value: string
  readonly names: readonly string[]
  onChange(value: string): void
}

export function ModelField({ label, value, names, onChange }: ModelFieldProps) {
  const id = useId()
  const name = names.find((each) => value === each || value.startsWith(`${each}/`)) ?? value.split('/', 1)[0] ?? ''
  const model = value.slice(name.length + 1)
  const options = names.includes(name) || name === '' ? names : [...names, name]
  return (
    <div class="pair">
      <label>
        {label}
        <select value={name} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
          {name === '' && <option value="">choose</option>}
          {options.map((each) => (
            // Options that come later would otherwise win the selection.
            <option key={each} value={each} selected={each === name}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <label for={id}>
        Model, if not its own
        <input
          id={id}
          value={model}
          placeholder="default"
          onInput={({ currentTarget }) => {
            const asked = currentTarget.value.trim()
            onChange(asked === '' ? name : `${name}/${asked}`)
          }}
        />
      </label>
    </div>
  )
}

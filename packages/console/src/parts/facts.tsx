/** Names with their values, one beside the other where there is room. */
import type { ComponentChildren } from 'preact'

export function Facts({ children }: { readonly children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>
}

interface FactProps {
  readonly label: string
  /** For what is longer than one column. */
  readonly wide?: boolean
  readonly children: ComponentChildren
}

export function Fact({ label, wide = false, children }: FactProps) {
  return (
    <div class={wide ? 'wide' : ''}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

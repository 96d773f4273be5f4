/** A part of a form that is closed while it is empty. What somebody opened stays open, although it is emptied. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'

interface SectionProps {
  readonly summary: ComponentChildren
  /** Whether something is filled in. */
  readonly filled: boolean
  readonly class?: string
  readonly children: ComponentChildren
}

export function Section({ summary, filled, class: name = '', children }: SectionProps) {
  const [isOpen, setOpen] = useState(filled)
  return (
    <details class={name} open={isOpen || filled} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{summary}</summary>
      {children}
    </details>
  )
}

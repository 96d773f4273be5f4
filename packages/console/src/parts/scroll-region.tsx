/** A part of the page that scrolls by itself. It has a name and can be reached by the keyboard, so that everybody can scroll it. */
import type { ComponentChildren } from 'preact'

interface ScrollRegionProps {
  readonly label: string
  readonly class?: string
  readonly children: ComponentChildren
}

export function ScrollRegion({ label, class: name = '', children }: ScrollRegionProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard could not scroll
    <section class={`scroll ${name}`} aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}

/** Code as it is written. */
export function CodeBlock({ label, code }: { readonly label: string; readonly code: string }) {
  return (
    <ScrollRegion label={label}>
      <pre>
        <code>{code}</code>
      </pre>
    </ScrollRegion>
  )
}

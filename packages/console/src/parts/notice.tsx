/** Short texts where something is missing or wrong. */
import type { ComponentChildren } from 'preact'

/** Something went wrong. */
export function Problem({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : (
    <p class="problem" role="alert">
      {text}
    </p>
  )
}

/** There is nothing to show, and why. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>
}

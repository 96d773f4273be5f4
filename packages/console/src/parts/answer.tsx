/** A model's answer as Markdown, written on as the text grows. */
import type { ReadonlySignal } from '@preact/signals'
import { effect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { writeMarkdown } from '../markdown/markdown.ts'
import { ScrollRegion } from './scroll-region.tsx'

/** @param over whether the text will not grow any more. */
export function Answer({
  text,
  over,
  label,
}: {
  readonly text: ReadonlySignal<string>
  readonly over: ReadonlySignal<boolean>
  readonly label: string
}) {
  const target = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = target.current
    if (!element) return
    element.replaceChildren()
    const writer = writeMarkdown(element)
    let written = 0
    let ended = false
    return effect(() => {
      const all = text.value
      if (all.length > written) writer.write(all.slice(written))
      written = all.length
      if (over.value && !ended) {
        ended = true
        writer.end()
      }
    })
  }, [text, over])
  return (
    <ScrollRegion label={label}>
      <div class="answer" ref={target} aria-live="off" />
    </ScrollRegion>
  )
}

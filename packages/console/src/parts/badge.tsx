/** States as a shape, a colour and a word. */
import type { CallState } from '@dapr-chat/protocol/console'
import { stateMarks, stateWords } from '../text/words.ts'

/** How a call stands. */
export function StateBadge({ state }: { readonly state: CallState }) {
  return (
    <span class={`badge ${state}`}>
      <span aria-hidden="true">{stateMarks[state]}</span> {stateWords[state]}
    </span>
  )
}

/** The state of something else: good, in between, or bad. */
export function Badge({ tone, word }: { readonly tone: 'good' | 'middling' | 'bad'; readonly word: string }) {
  const mark = { good: '✓', middling: '◔', bad: '✕' }[tone]
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{mark}</span> {word}
    </span>
  )
}

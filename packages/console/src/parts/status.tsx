/** The one place where the page speaks to those who do not see it: short news, never the words of an answer. */
import { signal } from '@preact/signals'

const news = signal('')

/** Says something. */
export function announce(text: string): void {
  news.value = text
}

export function Status() {
  return (
    <div class="visually-hidden" role="status">
      {news}
    </div>
  )
}

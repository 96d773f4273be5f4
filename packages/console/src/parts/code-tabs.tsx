/** The code of a request in three languages, one at a time. */
import { useId, useState } from 'preact/hooks'
import type { ChatBody } from '../api/chat.ts'
import { session } from '../state/session.ts'
import { codeFor, type Language, languages } from '../text/code.ts'
import { CopyButton } from './copy-button.tsx'
import { CodeBlock } from './scroll-region.tsx'

export function CodeTabs({ body }: { readonly body: ChatBody }) {
  const [language, choose] = useState<Language>('TypeScript')
  const id = useId()
  const code = codeFor(language, body, session.target.value)
  return (
    <section class="code" aria-labelledby={id}>
      <div class="bar">
        <h2 id={id}>Code</h2>
        <div class="segments">
          {languages.map((each) => (
            <button key={each} type="button" aria-pressed={each === language} onClick={() => choose(each)}>
              {each}
            </button>
          ))}
        </div>
        <CopyButton text={code} what={`the code in ${language}`} />
      </div>
      <CodeBlock label={`Code in ${language}`} code={code} />
    </section>
  )
}

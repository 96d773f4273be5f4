/** What stands on the first page while there is nothing to show: a first request, by a button or by a command. */
import { computed, signal } from '@preact/signals'
import { Answer } from '../../parts/answer.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Problem } from '../../parts/notice.tsx'
import { CodeBlock } from '../../parts/scroll-region.tsx'
import { emptyDraft } from '../../state/draft.ts'
import { components } from '../../state/overview.ts'
import { playgroundHref } from '../../state/playground.ts'
import { Run } from '../../state/run.ts'
import { session } from '../../state/session.ts'
import { codeFor } from '../../text/code.ts'

const HELLO = 'Say hello.'

/** The greeting that was sent from here; its answer stays while the figures come in. */
export const greeting = signal<Run | undefined>(undefined)

export function Welcome() {
  const first = components.value.value?.find(isAnswering)?.name
  if (components.value.value === undefined) return null
  if (first === undefined) {
    return (
      <section class="card welcome">
        <h2>No component is ready</h2>
        <p>
          Add a component's YAML file to the resources folder. The page <a href="#/components">Components</a> says why
          those that are there are not ready.
        </p>
      </section>
    )
  }
  const body = { model: first, messages: [{ role: 'user', content: HELLO }] }
  const curl = codeFor('curl', body, session.target.value)
  const current = greeting.value
  return (
    <section class="card welcome">
      <h2>{current ? 'A first answer' : 'Nothing has been asked yet'}</h2>
      <p>
        Ask <strong>{first}</strong> something, and this page shows what became of it.
      </p>
      <p class="bar">
        <button
          type="button"
          class="primary"
          disabled={current?.state.value === 'running'}
          onClick={() => {
            greeting.value = new Run(body)
          }}
        >
          Say hello to {first}
        </button>
        <a href={playgroundHref({ ...emptyDraft, models: [first] })}>or open the playground</a>
      </p>
      {current && <Hello key={current.trace.traceId} run={current} />}
      <div class="bar">
        <h3>Or from a shell</h3>
        <CopyButton text={curl} what="the command" />
      </div>
      <CodeBlock label="Command" code={curl} />
    </section>
  )
}

function Hello({ run }: { readonly run: Run }) {
  return (
    <>
      <Answer text={run.text} over={computed(() => run.state.value !== 'running')} label="Answer" />
      <Problem text={run.error.value?.message} />
    </>
  )
}

function isAnswering({ state, type }: { readonly state: string; readonly type: string }): boolean {
  return state === 'ready' && type.startsWith('conversation.')
}

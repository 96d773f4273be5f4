/** The playground: a request put together by hand, its answer as it streams, and the code that asks the same. */
import { useEffect } from 'preact/hooks'
import { CodeTabs } from '../parts/code-tabs.tsx'
import { Empty } from '../parts/notice.tsx'
import { bodyOf, problemsOf } from '../state/draft.ts'
import { components } from '../state/overview.ts'
import { change, draft, isRunning, runs, sendDraft, stopRuns, takeAddress, tried } from '../state/playground.ts'
import { keepReading } from '../state/resource.ts'
import { route } from '../state/route.ts'
import { Messages } from './playground/messages.tsx'
import { ModelField } from './playground/model-field.tsx'
import { Parameters } from './playground/parameters.tsx'
import { RunPane } from './playground/run-pane.tsx'

const EVERY_MS = 10_000

export function PlaygroundView() {
  const { query } = route.value
  useEffect(takeAddress, [query])
  useEffect(() => keepReading(components, EVERY_MS), [])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && isRunning.value) stopRuns()
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) sendDraft()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  const names = (components.value.value ?? [])
    .filter(({ state, type }) => state === 'ready' && type.startsWith('conversation.'))
    .map(({ name }) => name)
  const [only] = names
  const current = draft.value
  useEffect(() => {
    // Nobody should have to choose where there is a first choice. The address may have brought one meanwhile.
    const [chosen, ...others] = draft.peek().models
    if (only !== undefined && chosen === '') change({ models: [only, ...others] })
  }, [only, current.models[0]])
  const problems = problemsOf(current)
  const isComparing = current.models.length === 2
  const [first = ''] = current.models
  return (
    <>
      <h1 tabIndex={-1}>Playground</h1>
      <div class={`playground ${isComparing ? 'comparing' : ''}`}>
        <form
          class="card form"
          aria-label="Request"
          onSubmit={(event) => {
            event.preventDefault()
            sendDraft()
          }}
        >
          {current.models.map((model, index) => (
            <ModelField
              key={index}
              label={isComparing ? `Component ${index + 1}` : 'Component'}
              value={model}
              names={names}
              onChange={(value) => change({ models: current.models.map((each, at) => (at === index ? value : each)) })}
            />
          ))}
          <label class="check">
            <input
              type="checkbox"
              checked={isComparing}
              onChange={() => change({ models: isComparing ? [first] : [first, names[1] ?? first] })}
            />
            Two side by side
          </label>
          <label>
            System prompt
            <textarea
              rows={2}
              value={current.system}
              onInput={({ currentTarget }) => change({ system: currentTarget.value })}
            />
          </label>
          <Messages />
          <Parameters problems={problems} />
          {tried.value && Object.values(problems).length > 0 && (
            <div class="problem" role="alert">
              <ul>
                {Object.entries(problems).map(([field, problem]) => (
                  <li key={field}>{problem}</li>
                ))}
              </ul>
            </div>
          )}
          <div class="bar send">
            <button
              type="submit"
              class="primary"
              disabled={isRunning.value}
              aria-keyshortcuts="Control+Enter Meta+Enter"
            >
              Send
            </button>
            <button
              type="button"
              class="stop"
              disabled={!isRunning.value}
              aria-keyshortcuts="Escape"
              onClick={stopRuns}
            >
              Stop
            </button>
            <span class="soft keys">Ctrl+Enter sends, Esc stops</span>
          </div>
        </form>
        <div class="panes">
          {runs.value.length === 0 && <Empty>The answer comes here.</Empty>}
          {runs.value.map((run) => (
            <RunPane key={run.trace.traceId} run={run} />
          ))}
        </div>
      </div>
      <CodeTabs body={bodyOf(current, first)} />
    </>
  )
}

/** One run: the answer as it streams, what the model wants called, the figures, and where it stands in the log. */
import { adviceFor } from '@dapr-chat/protocol'
import { useComputed } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Answer } from '../../parts/answer.tsx'
import { announce } from '../../parts/status.tsx'
import { ToolCall } from '../../parts/tool-call.tsx'
import { logHref } from '../../state/log-address.ts'
import { change, draft } from '../../state/playground.ts'
import type { Run, RunState } from '../../state/run.ts'
import { count, duration, rate, UNKNOWN } from '../../text/format.ts'

const words: Readonly<Record<RunState, string>> = {
  running: 'generating',
  done: 'done',
  stopped: 'stopped',
  failed: 'failed',
}

const tones: Readonly<Record<RunState, string>> = {
  running: 'running',
  done: 'succeeded',
  stopped: 'cancelled',
  failed: 'failed',
}

const marks: Readonly<Record<RunState, string>> = { running: '◔', done: '✓', stopped: '■', failed: '✕' }

export function RunPane({ run }: { readonly run: Run }) {
  const { model } = run.body
  const state = run.state.value
  const over = useComputed(() => run.state.value !== 'running')
  const error = run.error.value
  const place = useRef<HTMLElement>(null)
  // On a narrow screen the answer comes below everything that was filled in.
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), [])
  useEffect(() => {
    const { usage, chunks } = run.figures.peek()
    const amount = usage ? `${usage.completion_tokens} tokens` : `${chunks} pieces`
    announce(state === 'running' ? `${model}: generating` : `${model}: ${words[state]} after ${amount}`)
  }, [state])
  return (
    <section ref={place} class="card run" aria-label={`Answer of ${model}`}>
      <div class="bar">
        <h2>{model}</h2>
        <span class={`badge ${tones[state]}`}>
          <span aria-hidden="true">{marks[state]}</span> {words[state]}
        </span>
      </div>
      {run.reasoning.value !== '' && (
        <details open={run.text.value === ''}>
          <summary>Thinking</summary>
          <p class="as-is soft">{run.reasoning.value}</p>
        </details>
      )}
      <Answer text={run.text} over={over} label={`Text of ${model}`} />
      {run.toolCalls.value.map((call) => (
        <ToolCall key={call.id} {...call} />
      ))}
      {error && (
        <div class="problem" role="alert">
          <p>
            <strong>{error.code}</strong>: {error.message}
          </p>
          <p>{adviceFor(error.code)}</p>
        </div>
      )}
      <RunFigures run={run} />
      {state !== 'running' && (
        <p class="links">
          <a href={logHref(run.trace.traceId)}>Find in the log</a>
          {(run.text.value !== '' || run.toolCalls.value.length > 0) && (
            <button type="button" class="quiet" onClick={() => goOn(run)}>
              Go on from here
            </button>
          )}
        </p>
      )}
    </section>
  )
}

function RunFigures({ run }: { readonly run: Run }) {
  const { firstTokenMs, durationMs, usage, chunks, finishReason } = run.figures.value
  return (
    <dl class="figures" aria-label={`Figures of ${run.body.model}`}>
      <Figure label="First token" value={duration(firstTokenMs)} />
      <Figure label="Duration" value={duration(durationMs)} />
      <Figure label="Tokens/s" value={rate(run.tokensPerSecond)} />
      <Figure
        label="Tokens"
        value={usage ? `${count(usage.prompt_tokens)} → ${count(usage.completion_tokens)}` : UNKNOWN}
      />
      <Figure label="Pieces" value={count(chunks)} />
      <Figure label="Finish" value={finishReason ?? UNKNOWN} />
    </dl>
  )
}

function Figure({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  )
}

/** Makes the answer a part of the conversation, with room for what is said next: by the tools that it wants called, or by the user. */
function goOn({ text, toolCalls }: Run): void {
  const calls = toolCalls.value
  const answer = { role: 'assistant', text: text.value, images: [], ...(calls.length > 0 && { calls }) } as const
  const results = calls.map(({ id: callId }) => ({ role: 'tool', text: '', images: [], callId }) as const)
  const next = results.length > 0 ? results : [{ role: 'user', text: '', images: [] } as const]
  change({ messages: [...draft.value.messages, answer, ...next] })
}

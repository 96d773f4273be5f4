/** All that is known of one request. */
import { adviceFor } from '@dapr-chat/protocol'
import type { CallDetail } from '@dapr-chat/protocol/console'
import { StateBadge } from '../../parts/badge.tsx'
import { CodeTabs } from '../../parts/code-tabs.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Fact, Facts } from '../../parts/facts.tsx'
import { CodeBlock } from '../../parts/scroll-region.tsx'
import { Waterfall } from '../../parts/waterfall.tsx'
import { type Draft, draftOf } from '../../state/draft.ts'
import { logHref } from '../../state/log-address.ts'
import { playgroundHref } from '../../state/playground.ts'
import { session } from '../../state/session.ts'
import { callCost, count, dateTime, duration, rate, UNKNOWN } from '../../text/format.ts'
import { type SaidMessage, wordsOf } from '../../text/said.ts'
import { surfaceWords } from '../../text/words.ts'

export function RequestDetail({ call }: { readonly call: CallDetail }) {
  const { state, error, phases, durationMs } = call
  const lastMs = Math.max(0, ...phases.map((phase) => phase.startMs + phase.durationMs))
  const draft = draftOfCall(call)
  return (
    <>
      <p class="bar">
        <StateBadge state={state} />
        <a href={playgroundHref(draft)}>Open in playground</a>
      </p>
      {error && (
        <div class="problem">
          <p>
            <strong>{error.code}</strong>: {error.message}
          </p>
          <p>{adviceFor(error.code)}</p>
        </div>
      )}
      {phases.length > 0 && <Waterfall phases={phases} totalMs={durationMs ?? lastMs} />}
      <Figures call={call} />
      <Said call={call} />
      {call.component !== '' && <CodeTabs body={bodyOfCall(call)} />}
      <details>
        <summary>As JSON</summary>
        <CodeBlock label="The request as JSON" code={JSON.stringify(call, undefined, 2)} />
      </details>
    </>
  )
}

function Figures({ call }: { readonly call: CallDetail }) {
  const { tokens, durationMs, timeToFirstTokenMs, chunks, traceId, contextId, attempts, toolCalls } = call
  const streamMs = (durationMs ?? 0) - (timeToFirstTokenMs ?? 0)
  const perSecond = tokens.output !== undefined && streamMs > 0 ? (tokens.output * 1_000) / streamMs : undefined
  return (
    <Facts>
      <Fact label="Began">{dateTime(call.startedAt)}</Fact>
      <Fact label="Component">
        {call.component || UNKNOWN} <span class="soft">{call.type}</span>
      </Fact>
      <Fact label="Model">{call.model ?? UNKNOWN}</Fact>
      <Fact label="Caller">{call.caller}</Fact>
      <Fact label="Came by">
        {surfaceWords[call.surface]}
        {call.streamed ? ', streamed' : ', whole'}
      </Fact>
      <Fact label="Duration">{duration(durationMs)}</Fact>
      <Fact label="First token">{duration(timeToFirstTokenMs)}</Fact>
      <Fact label="Tokens in">
        {count(tokens.input)}
        {tokens.cached !== undefined && <span class="soft"> {count(tokens.cached)} cached by the provider</span>}
      </Fact>
      <Fact label="Tokens out">
        {count(tokens.output)}
        {tokens.reasoning !== undefined && <span class="soft"> {count(tokens.reasoning)} for thinking</span>}
      </Fact>
      <Fact label="Tokens a second">{rate(perSecond)}</Fact>
      <Fact label="Pieces">{count(chunks)}</Fact>
      <Fact label="Cost">{callCost(call)}</Fact>
      <Fact label="Finish reason">{call.finishReason ?? UNKNOWN}</Fact>
      <Fact label="Attempts">{call.cached ? 'none: the cache answered' : count(attempts)}</Fact>
      {toolCalls > 0 && <Fact label="Tool calls">{count(toolCalls)}</Fact>}
      {contextId !== undefined && (
        <Fact label="Conversation">
          <a href={logHref(`conv:${contextId}`)}>{contextId}</a>
        </Fact>
      )}
      <Fact label="Request id" wide>
        <code>{call.id}</code> <CopyButton text={call.id} what="the request id" />
      </Fact>
      {traceId !== undefined && (
        <Fact label="Trace id" wide>
          <code>{traceId}</code> <CopyButton text={traceId} what="the trace id" />
        </Fact>
      )}
    </Facts>
  )
}

function Said({ call: { content, toolCalls } }: { readonly call: CallDetail }) {
  if (content === undefined) {
    const state = session.state.value
    const captured = state.kind === 'open' && state.about.captureContent
    return (
      <p class="soft">
        {captured
          ? 'What was said is not kept any more.'
          : 'What was said is not kept: the sidecar was started without --capture-content.'}
      </p>
    )
  }
  const { messages } = content.request
  const asked = toolCalls > 0 ? `[asked for ${count(toolCalls)} tool ${toolCalls === 1 ? 'call' : 'calls'}]` : ''
  return (
    <details open>
      <summary>What was said</summary>
      <dl class="said">
        {(Array.isArray(messages) ? messages : []).map((message: SaidMessage, index) => (
          <div key={index}>
            <dt>{message.role}</dt>
            <dd>{wordsOf(message)}</dd>
          </div>
        ))}
        <div>
          <dt>assistant</dt>
          <dd>{[content.answer, asked].filter(Boolean).join('\n')}</dd>
        </div>
      </dl>
    </details>
  )
}

/** The component, and the model where the request named one. */
function askedModel({ component, content }: CallDetail): string {
  const asked = content?.request.model
  return typeof asked === 'string' && asked.startsWith(`${component}/`) ? asked : component
}

function draftOfCall(call: CallDetail): Draft {
  return draftOf(call.content?.request ?? {}, askedModel(call))
}

function bodyOfCall(call: CallDetail) {
  const unknown = { messages: [{ role: 'user', content: '…' }] }
  return { ...(call.content?.request ?? unknown), model: askedModel(call) }
}

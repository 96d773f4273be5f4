/** What was said in one conversation, the newest turns, and older ones on demand. */
import { computed, signal, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { forgetConversation, readConversation, type StoredMessage, type StoredTurn } from '../../api/conversations.ts'
import { Answer } from '../../parts/answer.tsx'
import { Problem } from '../../parts/notice.tsx'
import { announce } from '../../parts/status.tsx'
import { ToolCall } from '../../parts/tool-call.tsx'
import { logHref } from '../../state/log-address.ts'
import { keepReading, resource } from '../../state/resource.ts'
import { go, hrefOf } from '../../state/route.ts'
import { dateTime } from '../../text/format.ts'

const EVERY_MS = 5_000

interface TranscriptProps {
  readonly caller: string
  readonly component: string
  readonly contextId: string
}

export function TranscriptView({ caller, component, contextId }: TranscriptProps) {
  const newest = useMemo(() => resource(() => readConversation(caller, component, contextId)), [])
  const older = useSignal<readonly StoredTurn[]>([])
  const isComplete = useSignal(false)
  const problem = useSignal<string | undefined>(undefined)
  useEffect(() => keepReading(newest, EVERY_MS), [newest])
  const list = hrefOf('conversations', [], new URLSearchParams({ caller }))
  const page = newest.value.value
  const known = new Map([...older.value, ...(page?.turns ?? [])].map((turn) => [turn.sequence, turn]))
  const turns = Array.from(known.values()).sort((one, other) => one.sequence - other.sequence)
  const first = turns[0]

  async function attempt(work: () => Promise<void>) {
    try {
      await work()
      problem.value = undefined
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error)
    }
  }

  return (
    <>
      <p>
        <a href={list}>All conversations of {caller}</a>
      </p>
      <div class="bar">
        <h1 tabIndex={-1}>{contextId}</h1>
        <span class="soft">with {component}</span>
        <a href={logHref(`conv:${contextId}`)}>Its requests</a>
        <button
          type="button"
          class="quiet"
          onClick={() =>
            attempt(async () => {
              if (!confirm(`Forget the conversation ${contextId}? This cannot be undone.`)) return
              await forgetConversation(caller, component, contextId)
              announce(`Forgot ${contextId}`)
              go(list)
            })
          }
        >
          Forget
        </button>
      </div>
      <Problem text={problem.value ?? newest.problem.value} />
      {page?.instructions.map((message, index) => (
        <Message key={index} message={message} name={`Instruction ${index + 1}`} />
      ))}
      {first !== undefined && first.sequence > 1 && !isComplete.value && (
        <p>
          <button
            type="button"
            onClick={() =>
              attempt(async () => {
                const { turns: found } = await readConversation(caller, component, contextId, first.sequence)
                older.value = [...found, ...older.value]
                isComplete.value = found.length === 0
              })
            }
          >
            Earlier turns
          </button>
        </p>
      )}
      <ol class="transcript">
        {turns.map(({ sequence, created, messages }) => (
          <li key={sequence}>
            <p class="soft">{dateTime(Date.parse(created))}</p>
            {messages.map((message, index) => (
              <Message key={index} message={message} name={`Turn ${sequence}, message ${index + 1}`} />
            ))}
          </li>
        ))}
      </ol>
    </>
  )
}

const over = computed(() => true)

/** @param name tells the message from all others of the page. */
function Message({ message, name }: { readonly message: StoredMessage; readonly name: string }) {
  const { role, content, toolCalls = [] } = message
  const text = content.map((part) => part.text ?? `[${part.type}]`).join('\n')
  const source = useMemo(() => signal(text), [text])
  return (
    <article class={`message ${role}`}>
      <h2 class="role">{role}</h2>
      {role === 'assistant' ? <Answer text={source} over={over} label={name} /> : <p class="as-is">{text}</p>}
      {toolCalls.map(({ name, arguments: given }, index) => (
        <ToolCall key={index} name={name} arguments={typeof given === 'string' ? given : JSON.stringify(given)} />
      ))}
    </article>
  )
}

/** The messages of the request: who says what, with pictures from files or addresses. */
import { useSignal } from '@preact/signals'
import { Section } from '../../parts/section.tsx'
import { announce } from '../../parts/status.tsx'
import { ToolCall } from '../../parts/tool-call.tsx'
import type { DraftMessage } from '../../state/draft.ts'
import { change, draft } from '../../state/playground.ts'

/** The largest picture that is taken from a file, in bytes. */
const MAX_IMAGE_BYTES = 5 * 1024 * 1024

export function Messages() {
  const { messages } = draft.value
  const set = (index: number, changes: Partial<DraftMessage>) =>
    change({
      messages: draft.value.messages.map((message, at) => (at === index ? { ...message, ...changes } : message)),
    })
  return (
    <fieldset class="messages">
      <legend>Messages</legend>
      {messages.map((message, index) => (
        <MessageField
          key={index}
          number={index + 1}
          message={message}
          set={(changes) => set(index, changes)}
          remove={
            messages.length === 1 ? undefined : () => change({ messages: messages.filter((_, at) => at !== index) })
          }
        />
      ))}
      <button
        type="button"
        class="quiet"
        onClick={() => {
          const role = messages.at(-1)?.role === 'assistant' ? 'user' : 'assistant'
          change({ messages: [...messages, { role, text: '', images: [] }] })
        }}
      >
        Add a message
      </button>
    </fieldset>
  )
}

interface MessageFieldProps {
  readonly number: number
  readonly message: DraftMessage
  set(changes: Partial<DraftMessage>): void
  /** Absent where it is the only message. */
  readonly remove: (() => void) | undefined
}

function MessageField({ number, message, set, remove }: MessageFieldProps) {
  const { role, text, images, calls = [], callId } = message
  return (
    <div class="message-field">
      <div class="bar">
        {role === 'tool' ? (
          <span>
            result of <code>{callId}</code>
          </span>
        ) : (
          <select
            aria-label={`Who says message ${number}`}
            value={role}
            onChange={({ currentTarget }) => set({ role: currentTarget.value as DraftMessage['role'] })}
          >
            <option value="user">user</option>
            <option value="assistant">assistant</option>
          </select>
        )}
        {remove && (
          <button type="button" class="quiet" aria-label={`Remove message ${number}`} onClick={remove}>
            Remove
          </button>
        )}
      </div>
      {role === 'assistant' && calls.map((call) => <ToolCall key={call.id} {...call} />)}
      <textarea
        rows={3}
        aria-label={`Message ${number}`}
        value={text}
        onInput={({ currentTarget }) => set({ text: currentTarget.value })}
      />
      {role === 'user' && <Images number={number} images={images} onChange={(changed) => set({ images: changed })} />}
    </div>
  )
}

interface ImagesProps {
  readonly number: number
  readonly images: readonly string[]
  onChange(images: readonly string[]): void
}

function Images({ number, images, onChange }: ImagesProps) {
  const address = useSignal('')
  async function addFiles(files: FileList | null) {
    const chosen = Array.from(files ?? [])
    const small = chosen.filter(({ size }) => size <= MAX_IMAGE_BYTES)
    if (small.length < chosen.length) announce('Pictures may have at most 5 MB each: larger ones were left out')
    onChange([...images, ...(await Promise.all(small.map(readAsAddress)))])
  }
  return (
    <Section
      class="images"
      filled={images.length > 0}
      summary={
        <>
          Pictures<span class="visually-hidden"> of message {number}</span>
          {images.length > 0 && `: ${images.length}`}
        </>
      }
    >
      <ul>
        {images.map((url, index) => (
          <li key={index}>
            {url.startsWith('data:') ? (
              <img src={url} alt={`The model is shown this, number ${index + 1}`} />
            ) : (
              <code>{url}</code>
            )}
            <button
              type="button"
              class="quiet"
              aria-label={`Remove picture ${index + 1} of message ${number}`}
              onClick={() => onChange(images.filter((_, at) => at !== index))}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <div class="pair">
        <label>
          From a file
          <input
            type="file"
            accept="image/*"
            multiple
            onChange={({ currentTarget }) => {
              void addFiles(currentTarget.files)
              currentTarget.value = ''
            }}
          />
        </label>
        <label>
          From an address
          <input
            type="url"
            value={address.value}
            placeholder="https://…"
            onInput={({ currentTarget }) => {
              address.value = currentTarget.value
            }}
            onChange={({ currentTarget }) => {
              if (!currentTarget.value.startsWith('http')) return
              onChange([...images, currentTarget.value])
              address.value = ''
            }}
          />
        </label>
      </div>
    </Section>
  )
}

function readAsAddress(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve(String(reader.result)))
    reader.addEventListener('error', () => reject(reader.error))
    reader.readAsDataURL(file)
  })
}

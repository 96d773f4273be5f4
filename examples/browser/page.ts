/** What the page does: it asks the sidecar by itself, shows the answer as it arrives, and can stop it. */
import { AbortedError, type ChatStream, DaprChatClient } from '@dapr-chat/client'

/** The address of the sidecar; `serve.ts` puts it in. */
declare const SIDECAR: string

const llm = new DaprChatClient({ component: 'echo', endpoint: { http: SIDECAR } })

function element<T extends Element>(selector: string, type: new () => T): T {
  const found = document.querySelector(selector)
  if (!(found instanceof type)) throw new Error(`the page must have ${selector}`)
  return found
}

const form = element('form', HTMLFormElement)
const stop = element('#stop', HTMLButtonElement)
const answer = element('output', HTMLOutputElement)
const state = element('#state', HTMLParagraphElement)

let stream: ChatStream | undefined
stop.addEventListener('click', () => stream?.cancel('stopped'))
form.addEventListener('submit', (event) => {
  event.preventDefault()
  stream?.cancel('asked anew')
  void ask(String(new FormData(form).get('question')))
})

async function ask(question: string): Promise<void> {
  const asked = llm.generateStream(question)
  stream = asked
  stop.disabled = false
  answer.textContent = ''
  state.textContent = 'answering'
  try {
    for await (const text of asked.textStream) answer.append(text)
    const { metrics } = await asked.result
    state.textContent = `${metrics.streaming} stream, ${metrics.chunks} pieces`
  } catch (error) {
    if (stream !== asked) return
    state.textContent = error instanceof AbortedError ? 'stopped' : String(error)
  }
  stop.disabled = true
}

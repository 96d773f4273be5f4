/** Dapr's flags for scrubbing, one for each input and one for the answer, to and from the vocabulary's marks of messages. */
import type { Message } from '../conversation/message.ts'
import type { ConversationRequest, Scrub } from '../conversation/request.ts'

/** The messages of one input, and its flag. */
interface Input {
  readonly messages: readonly Message[]
  readonly scrub: boolean
}

/** Puts the messages of all inputs into one list, and marks those whose input has the flag. */
export function readInputs(inputs: readonly Input[], output: boolean): Pick<ConversationRequest, 'messages' | 'scrub'> {
  const messages: Message[] = []
  const marked: number[] = []
  for (const input of inputs) {
    for (const message of input.messages) {
      if (input.scrub) marked.push(messages.length)
      messages.push(message)
    }
  }
  return { messages, ...((output || marked.length > 0) && { scrub: { messages: marked, output } }) }
}

/** Cuts the messages into as few inputs as the marks allow; one without messages where there are none. */
export function splitInputs(messages: readonly Message[], scrub: Scrub | undefined): readonly Input[] {
  const marked = new Set(scrub?.messages)
  const inputs: { messages: Message[]; scrub: boolean }[] = []
  for (const [index, message] of messages.entries()) {
    const last = inputs.at(-1)
    if (last && last.scrub === marked.has(index)) last.messages.push(message)
    else inputs.push({ messages: [message], scrub: marked.has(index) })
  }
  return inputs.length > 0 ? inputs : [{ messages: [], scrub: false }]
}

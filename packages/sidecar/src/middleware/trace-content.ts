/**
 * Puts what is said onto the spans of conversations, where the operator asked for it. Just inside of the scrubbing of
 * requests and outside of that of answers, so that what a caller had taken out is on no span.
 */
import {
  type CallObserver,
  inputMessages,
  type Middleware,
  outputMessages,
  ResultFold,
  spanAttribute,
  toolDefinitions,
} from '@dapr-chat/protocol'

/** A span that takes attributes. */
export interface ContentSpan {
  setAttribute(name: string, value: string): unknown
}

/** The most characters of one spanAttribute. A longer one is left out, because half of it would be no JSON. */
const MAX_CHARACTERS = 64 * 1024

/** @param recording the span of a call in progress, where it is recorded. */
export function traceContent(recording: (observer: CallObserver) => ContentSpan | undefined): Middleware {
  return (next) =>
    async function* traced(call) {
      const span = call.observer && recording(call.observer)
      if (!span) {
        yield* next(call)
        return
      }
      const { messages, tools = [] } = call.request
      write(span, spanAttribute.inputMessages, inputMessages(messages))
      if (tools.length > 0) write(span, spanAttribute.toolDefinitions, toolDefinitions(tools))
      const fold = new ResultFold()
      try {
        for await (const batch of next(call)) {
          for (const event of batch) fold.add(event)
          yield batch
        }
      } finally {
        write(span, spanAttribute.outputMessages, outputMessages(fold.partial))
      }
    }
}

function write(span: ContentSpan, name: string, text: string): void {
  if (text.length <= MAX_CHARACTERS) span.setAttribute(name, text)
}

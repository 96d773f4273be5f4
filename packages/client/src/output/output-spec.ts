/**
 * What a structured answer is, to the part of the client that asks: how to put the question, how to read the answer, and
 * what to say to the model where the answer is wrong. `object`, `array`, `choice` and `json` make these.
 */
import type { ConversationChoice, ConversationRequest, Message } from '@dapr-chat/protocol'

/**
 * How the model is brought to answer in the shape: `schema` states it as the request's response format, `tool` makes the
 * model call one tool whose arguments are the answer, `prompt` describes it in words and needs nothing of the provider.
 */
export type OutputMode = 'schema' | 'tool' | 'prompt'

/**
 * A shape for the answer, and how it is asked for and read. Holds no state: one value serves many questions at once.
 *
 * Whoever asks calls `ask` once, before the first step, and keeps what it put into the request (response format, tools and
 * tool choice) for every step and attempt. Once the model has no tools of the program left to call, `read` gives the value
 * or what is wrong; then, while fewer than `maxAttempts` attempts were made and `correction` is not empty, its messages are
 * appended and the model is asked again. What remains is thrown as the `structuredOutputError`.
 */
export interface OutputSpec<T> {
  /** How often the model is asked at most, the first time included. */
  readonly maxAttempts: number
  readonly mode: OutputMode
  /** The tool whose call is the answer, in mode `tool`: the call is read, never run, and never reported as a tool call. */
  readonly answerTool?: string
  /**
   * The question, put so that the answer has this shape.
   * @throws InvalidRequestError where the request has a response format of its own, or tools beside mode `tool`.
   */
  ask(request: ConversationRequest): ConversationRequest
  /**
   * What can be told of the value from what has arrived of a choice, or undefined while there is nothing to show. Not
   * validated. Costs as much as reading the text anew, so it is for those who look.
   */
  partial(choice: ConversationChoice): unknown
  /** The value of a whole answer, or what is wrong with it in words for the model. */
  read(choice: ConversationChoice): Promise<OutputReading<T>>
  /**
   * The messages to append for asking again: what the model said, and what was wrong. Empty where asking again would not
   * help: the model refused, was cut off by a filter, or called the program's tools instead of answering.
   */
  correction(choice: ConversationChoice, issues: readonly string[]): readonly Message[]
}

/** What came of reading an answer. `value` is there exactly where `issues` is not. */
export type OutputReading<T> =
  | { readonly value: T; readonly issues?: never }
  | { readonly issues: readonly string[]; readonly value?: never }

/** What every shape takes. */
export interface OutputOptions {
  /** 1 to 64 letters, digits, `_` or `-`; providers show it to the model. */
  readonly name?: string
  /** What the answer is, for the model. */
  readonly description?: string
  /**
   * How the model is brought to answer in the shape; `auto` is `schema`.
   * @default 'auto'
   */
  readonly mode?: 'auto' | OutputMode
  /**
   * How often the model is asked at most, the first time included: after a wrong answer it is told what was wrong.
   * @default 2
   */
  readonly maxAttempts?: number
  /**
   * Whether the provider must keep to the schema, where it can. OpenAI then wants every property required, so a property
   * that may be `null` has to be given a value.
   */
  readonly strict?: boolean
}

/**
 * What a chat is made of at a moment: whom it talks to, with which instructions, options, tools and images, and where what
 * was said is kept. The `/` commands change it, `ChatLoop` asks with it.
 */
import type {
  Approve,
  ChatContentPart,
  ChatMessage,
  ChatResult,
  ChatStream,
  Conversation,
  DaprChatClient,
  Tool,
} from '@dapr-chat/client'
import { type ConversationPlace, newPlace } from '../saved/conversation-place.ts'
import { replacingLastTurn } from '../saved/replace-last-turn.ts'
import { isNamed, type SavedConversations } from '../saved/saved-conversations.ts'
import type { SidecarAccess } from '../sidecar-access.ts'
import { questionOf } from './image.ts'
import type { QuestionOptions } from './question-options.ts'
import type { Target } from './target.ts'

/** How often the model is asked for one question at most, where tools are run and nothing else was said. */
export const TOOL_STEPS = 10

/** What a chat begins with. */
export interface ChatSessionOptions {
  readonly sidecar: SidecarAccess
  readonly target: Target
  readonly system: string | undefined
  readonly options: QuestionOptions
  readonly tools: readonly Tool[]
  readonly place: ConversationPlace
  readonly saved: SavedConversations
  /** Whether a conversation without a name is kept. */
  readonly keeps: boolean
  readonly approve: Approve
}

/** The state of a chat. */
export class ChatSession {
  readonly sidecar: SidecarAccess
  readonly saved: SavedConversations
  readonly keeps: boolean
  readonly options: QuestionOptions
  target: Target
  system: string | undefined
  tools: readonly Tool[]
  /** They go with the next question. */
  images: readonly ChatContentPart[] = []
  /** The answer to the last question that was answered. */
  last: { readonly target: Target; readonly result: ChatResult } | undefined
  readonly #client: DaprChatClient
  readonly #approve: Approve
  #place: ConversationPlace
  /** What was asked last, answered or not. */
  #question: ChatMessage | undefined
  /** Whether the last question and its answer are the last turn of the conversation. */
  #isKept = true

  constructor({ sidecar, target, system, options, tools, place, saved, keeps, approve }: ChatSessionOptions) {
    this.sidecar = sidecar
    this.target = target
    this.system = system
    this.options = options
    this.tools = tools
    this.saved = saved
    this.keeps = keeps
    this.#place = place
    this.#approve = approve
    this.#client = sidecar.connect(target.component)
  }

  /** The conversation that goes on. */
  get id(): string {
    return this.#place.id
  }

  /** Whether the conversation has a name that somebody gave it, and so stays until it is deleted. */
  get isNamed(): boolean {
    return this.#place.store === this.saved.store && isNamed(this.#place.id)
  }

  /** Asks something new. The images that were waiting go with it. */
  ask(text: string, signal: AbortSignal): ChatStream {
    const question = questionOf(text, this.images)
    const stream = this.#conversation(this.#place).stream(question, this.#questionOptions(signal))
    this.#question = question
    this.#isKept = false
    // Where the question fails, /retry sends them again; the next question is another one.
    this.images = []
    return stream
  }

  /** Asks again what was asked last, in the place of the answer that there was; nothing where there was no question. */
  async askAgain(signal: AbortSignal): Promise<ChatStream | undefined> {
    const question = this.#question ?? (await this.#lastStoredQuestion())
    if (!question) return undefined
    const { id, store } = this.#place
    const place = this.#isKept ? { id, store: replacingLastTurn(store) } : this.#place
    this.#question = question
    return this.#conversation(place).stream(question, this.#questionOptions(signal))
  }

  /** The question was answered, or stopped. @param isKept whether it is part of the conversation now. */
  settled(isKept: boolean): void {
    this.#isKept = isKept || this.#isKept
  }

  /** What has been said so far, from its store. */
  async conversation(): Promise<Conversation> {
    const conversation = this.#conversation(this.#place)
    await conversation.load()
    return conversation
  }

  /** Begins a conversation without a name. The one before is forgotten, unless it has one. */
  async begin(): Promise<void> {
    await this.#leave()
    this.#move(await newPlace(this.saved, this.keeps))
  }

  /** Goes on in a saved conversation. */
  goTo(id: string): void {
    this.#move({ id, store: this.saved.store })
  }

  /** Gives the conversation a name and goes on under it. `false` where nothing was said yet. */
  async saveAs(id: string): Promise<boolean> {
    const stored = await this.stored
    if (!stored) return false
    await this.saved.store.append(id, stored)
    await this.#leave()
    this.#place = { id, store: this.saved.store }
    return true
  }

  /** Everything that was said, as it is stored. */
  get stored(): ReturnType<SavedConversations['read']> {
    return this.#place.store.load(this.#place.id, Number.POSITIVE_INFINITY)
  }

  async #leave(): Promise<void> {
    if (!this.isNamed) await this.#place.store.delete(this.#place.id)
  }

  #move(place: ConversationPlace): void {
    this.#place = place
    this.#question = undefined
    this.#isKept = true
    this.last = undefined
  }

  async #lastStoredQuestion(): Promise<ChatMessage | undefined> {
    return (await this.stored)?.turns.at(-1)?.messages.find(({ role }) => role === 'user')
  }

  /** Conversations hold nothing that is not in their store, so one is made for each question, as things are by then. */
  #conversation({ id, store }: ConversationPlace): Conversation {
    const { system } = this
    return this.#client.conversation({ id, store, onAbort: 'keep-partial', ...(system !== undefined && { system }) })
  }

  #questionOptions(signal: AbortSignal) {
    const { target, tools } = this
    return {
      ...(tools.length > 0 && { tools, approve: this.#approve, maxSteps: TOOL_STEPS }),
      ...target,
      ...this.options.options,
      signal,
    }
  }
}

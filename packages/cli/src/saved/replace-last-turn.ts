/** What `/retry` asks with: the last turn counts as not said until a new one takes its place. */
import type { ConversationStore } from '@dapr-chat/client'

/** The store without the last turn of its conversations. What is appended replaces that turn, once, as a whole. */
export function replacingLastTurn(store: ConversationStore): ConversationStore {
  return {
    async load(id, maxMessages, call) {
      // More than is asked for, because the last turn does not count.
      const stored = await store.load(id, Number.POSITIVE_INFINITY, call)
      if (!stored || stored.turns.length < 2) return undefined
      const turns = stored.turns.slice(0, -1)
      let room = maxMessages
      const first = turns.findLastIndex(({ messages }) => {
        room -= messages.length
        return room < 0
      })
      return { ...stored, turns: turns.slice(first + 1) }
    },
    async append(id, addition, call) {
      const stored = await store.load(id, Number.POSITIVE_INFINITY, call)
      const turns = [...(stored?.turns.slice(0, -1) ?? []), ...(addition.turns ?? [])]
      const summary = addition.summary ?? stored?.summary
      await store.delete(id, call)
      await store.append(id, { turns, ...(summary && { summary }) }, call)
    },
    delete: store.delete,
  }
}

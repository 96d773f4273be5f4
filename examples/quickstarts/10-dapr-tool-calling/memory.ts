/** Where the agent's conversation is kept: nowhere, in a file, or in a state store of Dapr. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type ConversationOptions, daprStateStore } from '@dapr-chat/client'
import { fileStore } from '@dapr-chat/client/file-store'
import { refuse } from './flags.ts'

/** The flags that say so. */
export const memoryFlags = { 'session-id': { type: 'string' }, 'state-store': { type: 'string' } } as const

/** The values of these flags. */
interface MemoryValues {
  readonly 'session-id'?: string | undefined
  readonly 'state-store'?: string | undefined
}

/** The options of the conversation. Without a session it is forgotten when the program ends. */
export function memoryOf(values: MemoryValues): Pick<ConversationOptions, 'id' | 'store'> {
  const { 'session-id': id, 'state-store': component } = values
  if (id === undefined) return component === undefined ? {} : refuse('--state-store needs a --session-id')
  if (component !== undefined) return { id, store: daprStateStore(component) }
  return { id, store: fileStore(join(homedir(), '.dapr-chat/conversations')) }
}

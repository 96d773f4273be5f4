/**
 * What a vendor has no place for, told to the operator: parts of a request without which the answer is one to the question
 * all the same. The folders of the vendors call it where they leave such a part out.
 */
import type { Message } from '@dapr-chat/protocol'
import type { ProviderContext } from './provider.ts'

/** Tells the operator that a parameter went no further. */
export function leftOut(name: string, warn: ProviderContext['warn']): void {
  warn(name, `the parameter "${name}" is left out of requests: the vendor has nothing like it`)
}

/** Tells the operator where messages name those who speak, for a vendor that knows only roles. */
export function tellOfNames(messages: readonly Message[], warn: ProviderContext['warn']): void {
  // The name in a tool's message is the tool's, which all vendors get.
  if (messages.some((message) => message.role !== 'tool' && message.name !== undefined)) {
    warn('name', 'the names of participants are left out of requests: the vendor has nothing like them')
  }
}

/** Tells the operator where an image comes with a detail, for a vendor that chooses it itself. */
export function tellOfDetail(messages: readonly Message[], warn: ProviderContext['warn']): void {
  const isAsked = messages.some(({ content }) =>
    content.some((part) => part.type === 'image' && part.detail !== undefined && part.detail !== 'auto'),
  )
  if (isAsked) warn('detail', 'the detail of images is left out of requests: the vendor has nothing like it')
}

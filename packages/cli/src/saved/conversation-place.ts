/** Which conversation a command goes on in and where it is kept, from `--cid`, `--continue` and who is there. */
import { join } from 'node:path'
import { type ConversationStore, memoryStore } from '@dapr-chat/client'
import type { Environment } from '../environment.ts'
import { ExitError, exitCodes } from '../exit-code.ts'
import { checkedName, SavedConversations } from './saved-conversations.ts'
import { remembers, stateFolder } from './state-folder.ts'

/** A conversation and its store. */
export interface ConversationPlace {
  readonly id: string
  readonly store: ConversationStore
}

/** How the choice is made. */
export interface PlaceOptions {
  readonly saved: SavedConversations
  /** Whether what is said without `--cid` is kept. */
  readonly keeps: boolean
  readonly cid?: string | undefined
  readonly continue?: boolean | undefined
}

/** The saved conversations of this user. */
export function savedConversations(environment: Environment): SavedConversations {
  return new SavedConversations(join(stateFolder(environment), 'conversations'))
}

/** Scripts keep what they name; for a person the last conversations are kept, unless they do not want it. */
export function keepsByItself(environment: Environment, saved: SavedConversations): boolean {
  return process.stderr.isTTY === true && remembers(environment) && saved.isWritable
}

/**
 * Where a conversation goes on, or begins.
 * @throws ExitError where there is nothing to continue, or both flags are given.
 */
export async function choosePlace({ saved, keeps, cid, continue: goesOn }: PlaceOptions): Promise<ConversationPlace> {
  const { store } = saved
  if (cid !== undefined && goesOn) {
    throw new ExitError(exitCodes.usage, 'Cannot use --continue beside --cid: one of them must say which conversation')
  }
  if (cid !== undefined) return { id: checkedName(cid), store }
  if (goesOn) {
    const [newest] = await saved.list()
    if (newest) return { id: newest.id, store }
    throw new ExitError(exitCodes.usage, 'Cannot continue: a conversation must have been kept before: there is none')
  }
  return newPlace(saved, keeps)
}

/** A conversation that begins. */
export async function newPlace(saved: SavedConversations, keeps: boolean): Promise<ConversationPlace> {
  return keeps ? { id: await saved.newId(), store: saved.store } : { id: crypto.randomUUID(), store: memoryStore() }
}

/**
 * The subpath `@dapr-chat/client/file-store`: conversations in a folder, for Node, Bun and Deno.
 *
 * @module client/file-store
 */
export { fileStore } from './file-store/file-store.ts'

/** What tests of providers need: a provider that follows a script, the chunks it sends, and the call to make. */
export type { CallOptions } from './call-of.ts'
export { callOf } from './call-of.ts'
export type { ScriptedToolDelta } from './openai-chunks.ts'
export { chunk, done, finish, textAnswer, toolDelta, usage } from './openai-chunks.ts'
export type { Piece, ReceivedRequest, Script, ScriptedAnswer, ScriptedProvider } from './scripted-provider.ts'
export { reset, scriptedProvider, silence } from './scripted-provider.ts'

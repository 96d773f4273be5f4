/** What tests need: a provider that follows a script, the chunks it sends, the call to make, and a whole sidecar. */
export type { CallOptions } from './call-of.ts'
export { callOf } from './call-of.ts'
export type { ScriptedToolDelta } from './openai-chunks.ts'
export { chunk, done, finish, textAnswer, toolDelta, usage } from './openai-chunks.ts'
export type { RunningSidecar, TestComponent } from './running-sidecar.ts'
export { echoComponent, startSidecar, upstreamComponent } from './running-sidecar.ts'
export type { Piece, ReceivedRequest, Script, ScriptedAnswer, ScriptedProvider } from './scripted-provider.ts'
export { reset, scriptedProvider, silence } from './scripted-provider.ts'

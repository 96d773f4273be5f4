/**
 * `@dapr-chat/client/ai-sdk`: the components of a sidecar as language models of the AI SDK, for `streamText`,
 * `generateText` and what else takes a model. Apart from the client, because it needs `@ai-sdk/provider`.
 *
 * @module client/ai-sdk
 */
import { createDapr, type DaprProvider } from './ai-sdk/provider.ts'

export type { DaprLanguageModel } from './ai-sdk/language-model.ts'
export type { DaprModelSettings } from './ai-sdk/model-settings.ts'
export type { DaprProvider, DaprProviderOptions, DaprProviderV3 } from './ai-sdk/provider.ts'
export { createDapr } from './ai-sdk/provider.ts'

/** The provider for the sidecar that Dapr's environment variables name, or else the one on this machine. */
export const dapr: DaprProvider = /* @__PURE__ */ createDapr()

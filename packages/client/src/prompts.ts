/**
 * Prompts with places for values, for `@dapr-chat/client/prompts`. Apart from the client, because it brings YAML and
 * Jinja.
 *
 * @module client/prompts
 */

export type { Environment } from './prompt/environment-references.ts'
export type { PromptInput } from './prompt/inputs.ts'
export type { PromptHistory, PromptMessage, PromptPart } from './prompt/message-template.ts'
export type { RenderOptions } from './prompt/prompt.ts'
export { Prompt } from './prompt/prompt.ts'
export type { PromptOptions } from './prompt/prompt-options.ts'
export type { ParseOptions, PromptSettings } from './prompt/prompty-file.ts'

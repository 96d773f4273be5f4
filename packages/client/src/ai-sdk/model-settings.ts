/** What a model of the AI SDK can be told that the AI SDK itself has no word for. */
import type { SharedV4ProviderOptions } from '@ai-sdk/provider'
import { InvalidRequestError } from '../errors.ts'
import { checkGenerateOptions, type GenerateOptions, mergeOptions } from '../options.ts'

/** The name of everything of ours among `providerOptions` and `providerMetadata`. */
export const providerName = 'dapr'

/** What of a question is not sent, or what was done otherwise than asked. */
export type ModelWarning =
  | { type: 'unsupported'; feature: string; details?: string }
  | { type: 'other'; message: string }

/**
 * Options of the client for every question of a model. A single question gives its own under `providerOptions.dapr`.
 * `onUnsupported` is `warn` where it is not given, because the AI SDK reports what a model cannot do as warnings.
 */
export type DaprModelSettings = Pick<
  GenerateOptions,
  | 'model'
  | 'contextId'
  | 'metadata'
  | 'parameters'
  | 'scrubPii'
  | 'promptCacheRetentionMs'
  | 'timeoutMs'
  | 'streaming'
  | 'onUnsupported'
>

const settingKeys: Readonly<Record<keyof DaprModelSettings, true>> = {
  model: true,
  contextId: true,
  metadata: true,
  parameters: true,
  scrubPii: true,
  promptCacheRetentionMs: true,
  timeoutMs: true,
  streaming: true,
  onUnsupported: true,
}

/** @throws InvalidRequestError for a setting that does not exist or has an impossible value. */
export function checkModelSettings(settings: DaprModelSettings): void {
  checkGenerateOptions(settings)
  for (const name of Object.keys(settings)) {
    if (Object.hasOwn(settingKeys, name)) continue
    const names = Object.keys(settingKeys).join(', ')
    throw new InvalidRequestError(
      `Cannot use setting "${name}": a model of the AI SDK has no such setting: the settings are ${names}`,
    )
  }
}

/**
 * The settings of one question: the model's own, then what the question gives. What is no setting becomes a warning.
 * @throws InvalidRequestError for a value that cannot be.
 */
export function questionSettings(
  settings: DaprModelSettings,
  providerOptions: SharedV4ProviderOptions | undefined,
  warnings: ModelWarning[],
): DaprModelSettings {
  const given = Object.entries(providerOptions?.[providerName] ?? {})
  for (const [name] of given) {
    if (!Object.hasOwn(settingKeys, name)) {
      warnings.push({ type: 'unsupported', feature: `providerOptions.${providerName}.${name}` })
    }
  }
  // Whether the values are possible is for the client's one check to say.
  const own: DaprModelSettings = Object.fromEntries(given.filter(([name]) => Object.hasOwn(settingKeys, name)))
  checkGenerateOptions(own)
  const parameters = { ...settings.parameters, ...own.parameters }
  return mergeOptions(settings, { ...own, ...(Object.keys(parameters).length > 0 && { parameters }) })
}

/** The provider: makes the models of one sidecar, which share one client. */
import { NoSuchModelError, type ProviderV4 } from '@ai-sdk/provider'
import { DaprChatClient } from '../client.ts'
import { InvalidRequestError } from '../errors.ts'
import { type ClientOptions, checkClientOptions } from '../options.ts'
import { type DaprLanguageModel, languageModel } from './language-model.ts'
import { checkModelSettings, type DaprModelSettings } from './model-settings.ts'

/**
 * What the provider's client is made with. Retries are the AI SDK's (`maxRetries`), the component is the model, and what
 * holds for every question stands in the settings of a model.
 */
export type DaprProviderOptions = Omit<ClientOptions, 'component' | 'retry' | 'defaults'>

/** Makes language models of components: `dapr('openai')`. */
export interface DaprProvider extends ProviderV4, AsyncDisposable {
  /** The component of that name as a language model. */
  (component: string, settings?: DaprModelSettings): DaprLanguageModel<'v4'>
  languageModel(component: string, settings?: DaprModelSettings): DaprLanguageModel<'v4'>
  /** The same provider at the specification of ai 6: `streamText({ model: dapr.v3('openai') })`. */
  readonly v3: DaprProviderV3
}

/** The provider at the specification before the current one. */
export interface DaprProviderV3 {
  readonly specificationVersion: 'v3'
  /** The component of that name as a language model. */
  (component: string, settings?: DaprModelSettings): DaprLanguageModel<'v3'>
  languageModel(component: string, settings?: DaprModelSettings): DaprLanguageModel<'v3'>
  /** @throws NoSuchModelError always: components hold conversations. */
  embeddingModel(modelId: string): never
  /** @throws NoSuchModelError always. */
  imageModel(modelId: string): never
}

/**
 * Makes a provider. No I/O is done, and the environment is not read, before the first question. Disposing of the provider
 * gives back its connections.
 * @throws InvalidRequestError for an option that does not exist or has an impossible value.
 */
export function createDapr(options: DaprProviderOptions = {}): DaprProvider {
  checkClientOptions(options)
  for (const name of ['component', 'retry', 'defaults']) {
    if (!(name in options)) continue
    throw new InvalidRequestError(`Cannot use option "${name}": a provider of the AI SDK has no such option`, {
      hint: 'The component is the model, retries are the maxRetries of the AI SDK, and models have settings.',
    })
  }
  let client: DaprChatClient | undefined
  const open = () => {
    client ??= new DaprChatClient(options)
    return client
  }
  const maker =
    <Version extends 'v3' | 'v4'>(version: Version) =>
    (component: string, settings: DaprModelSettings = {}) => {
      checkModelSettings(settings)
      return languageModel(version, { client: open, component, settings })
    }
  const [current, previous] = [maker('v4'), maker('v3')]
  const v3 = Object.assign(previous, {
    specificationVersion: 'v3' as const,
    languageModel: previous,
    embeddingModel: none('embeddingModel'),
    imageModel: none('imageModel'),
  })
  return Object.assign(current, {
    specificationVersion: 'v4' as const,
    languageModel: current,
    embeddingModel: none('embeddingModel'),
    imageModel: none('imageModel'),
    v3,
    async [Symbol.asyncDispose]() {
      await client?.[Symbol.asyncDispose]()
      client = undefined
    },
  })
}

function none(modelType: 'embeddingModel' | 'imageModel') {
  return (modelId: string): never => {
    throw new NoSuchModelError({ modelId, modelType })
  }
}

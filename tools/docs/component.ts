/** One kind of component with everything that the pages say of it, put together from the sidecar's declarations. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type AnyProviderDefinition, providers } from '@dapr-chat/sidecar'
import { contracts, type Feature, features, type Support, supportOf } from '@dapr-chat/sidecar/testing'
import { repositoryRoot } from '../repository.ts'
import { type ComponentExample, componentExamples } from './component-examples.ts'

/** One kind of component. */
export interface DocumentedComponent {
  readonly definition: AnyProviderDefinition
  /** The type without `conversation.`: the name of its page and its column. */
  readonly name: string
  readonly example: ComponentExample
  /** The test that runs the contract, as a path from the repository's root. */
  readonly test: string
  supports(feature: Feature): Support
}

/** The names of the features, in the order of the documents. */
export const featureNames = Object.keys(features) as Feature[]

/** The files in which the contract's tests stand. */
export const contractFolder = 'packages/sidecar/testing/contract'

/**
 * All components, in the order of the registry.
 * @throws Error where a provider has no contract, no test that runs it, or no example.
 */
export function documentedComponents(): DocumentedComponent[] {
  return providers.map((definition) => {
    const { type } = definition
    const [folder, contract] = Object.entries(contracts).find(([, entry]) => entry.definition === definition) ?? []
    if (folder === undefined || contract === undefined) throw new Error(`Cannot document ${type}: it has no contract`)
    const test = `packages/sidecar/src/providers/${folder}/${folder}-contract.test.ts`
    if (!existsSync(join(repositoryRoot, test))) throw new Error(`Cannot document ${type}: ${test} must exist`)
    const example = componentExamples.find((entry) => entry.type === type)
    if (!example) throw new Error(`Cannot document ${type}: it has no example`)
    return {
      definition,
      name: type.replace('conversation.', ''),
      example,
      test,
      supports: (feature) => supportOf(contract.differs, feature),
    }
  })
}

/** What a cell says; the reason stands elsewhere. */
export function verdict({ state }: Support): string {
  return state === 'refused' || state === 'missing' ? 'no' : state
}

/** A provider inside the middleware that decides what callers see of it. */
import { type Converse, compose } from '@dapr-chat/protocol'
import { acceptedMedia } from '../../src/middleware/accepted-media.ts'
import { hideSecrets } from '../../src/middleware/hide-secrets.ts'
import type { NetworkContract } from './contract.ts'
import { providerOf } from './subject.ts'

/** A provider to be asked as the sidecar asks it; `await using` closes it. */
export interface AssembledProvider extends AsyncDisposable {
  readonly converse: Converse
}

/** The contract's provider, asking this endpoint; `more` is added to its metadata. */
export function assembledOf(
  contract: NetworkContract,
  endpoint: string,
  more: Readonly<Record<string, string>> = {},
): AssembledProvider {
  const { accepts, settings } = contract.definition
  const provider = providerOf(contract, endpoint, more)
  const secrets = Object.entries(contract.metadata(endpoint)).filter(([name]) => settings[name]?.sensitive)
  const assembled = compose(provider.converse, [
    ...(accepts ? [acceptedMedia(accepts)] : []),
    hideSecrets(secrets.map(([, value]) => value)),
  ])
  return {
    // As in the sidecar, where a refusal comes when the answer is read, like every other failure.
    converse: async function* converse(call) {
      yield* assembled(call)
    },
    [Symbol.asyncDispose]: () => provider.close(),
  }
}

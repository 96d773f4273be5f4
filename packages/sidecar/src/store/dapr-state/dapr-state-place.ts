/** The sidecar's store where it is a state store of Dapr: which daprd is asked, and the store itself, made once. */
import { isLoopback, type SidecarSettings } from '../../settings.ts'
import type { ConversationStore, StorePlace } from '../conversation-store.ts'
import { DaprStateStore } from './dapr-state-store.ts'
import { StateApi } from './state-api.ts'

/** Which state store is used, and how. */
export interface DaprStatePlaceOptions {
  /** The name of the state component. */
  readonly name: string
  readonly settings: Pick<
    SidecarSettings,
    'environment' | 'httpPort' | 'unixSocketFolder' | 'storeTimeoutMs' | 'storeMaxConversationBytes'
  >
  /** Is told what an operator should look into. */
  warn(message: string): void
}

/** daprd writes some characters of JSON in six, and an entry may be of a time with another limit. */
const ANSWER_FACTOR = 8

/** One state store for all conversations; nothing is asked of it before a conversation needs it, as daprd may start later. */
export class DaprStatePlace implements StorePlace {
  readonly #store: ConversationStore

  /** @throws RangeError where the endpoint is no address, or this sidecar itself. */
  constructor({ name, settings, warn }: DaprStatePlaceOptions) {
    const { environment, storeTimeoutMs: timeoutMs, storeMaxConversationBytes: maxEntryBytes } = settings
    const api = new StateApi({
      name,
      endpoint: daprdEndpoint(name, settings),
      token: environment.DAPR_STATE_API_TOKEN || environment.DAPR_API_TOKEN || undefined,
      maxAnswerBytes: maxEntryBytes * ANSWER_FACTOR,
      connectMs: timeoutMs,
    })
    this.#store = new DaprStateStore(api, { timeoutMs, maxEntryBytes, warn })
  }

  open(): ConversationStore {
    return this.#store
  }

  /** Whether anything is in it is not known before it is asked. */
  existing(): ConversationStore {
    return this.#store
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}

/** By Dapr's own variables. Where they lead to this sidecar, which has no state API, every question would go in a circle. */
function daprdEndpoint(
  name: string,
  { environment, httpPort, unixSocketFolder }: DaprStatePlaceOptions['settings'],
): URL {
  const cannot = `Cannot use the state store "${name}"`
  const given = environment.DAPR_HTTP_ENDPOINT || `http://127.0.0.1:${environment.DAPR_HTTP_PORT || '3500'}`
  const address = given.includes('://') ? given : `http://${given}`
  const endpoint = URL.canParse(address) ? new URL(address) : undefined
  if (endpoint === undefined || !/^https?:$/.test(endpoint.protocol)) {
    throw new RangeError(
      `${cannot}: DAPR_HTTP_ENDPOINT must be an address such as http://127.0.0.1:3500, or DAPR_HTTP_PORT a port: current value is ${given}`,
    )
  }
  const ownAddress = isLoopback(endpoint.hostname.replace(/^\[|\]$/g, ''))
  if (ownAddress && unixSocketFolder === undefined && (endpoint.port || '80') === String(httpPort)) {
    throw new RangeError(
      `${cannot}: DAPR_HTTP_ENDPOINT or DAPR_HTTP_PORT must lead to a daprd: current value is ${endpoint.origin}, where this sidecar itself listens: give it another port with --dapr-http-port`,
    )
  }
  return endpoint
}

/**
 * Keeps a question from a runtime that would drop a part of it in silence. Asks the runtime what it is, once, and only
 * when a question needs something that not every runtime carries.
 */
import { ConversationError, type ConversationRequest } from '@dapr-chat/protocol'
import { isDaprChat } from '@dapr-chat/protocol/dapr'
import { RuntimeVersionError, UnsupportedFeatureError } from '../errors.ts'
import type { CallContext, SourceCall, Transport } from '../transport/transport.ts'
import type { ChatWarning } from '../warning.ts'
import { type Requirement, requirements } from './requirements.ts'
import { isAtLeast } from './version.ts'

/** What is known of the runtime. */
interface Runtime {
  /** Whether it is dapr-chat, which carries everything. */
  readonly daprChat: boolean
  /** Empty where it does not say. */
  readonly version: string
}

/** A question that the runtime carries. */
export interface Admitted {
  readonly request: ConversationRequest
  readonly warnings: readonly ChatWarning[]
}

/** The gate before one sidecar. */
export class RuntimeGate {
  readonly #transport: Pick<Transport, 'metadata'>
  #runtime: Runtime | undefined

  constructor(transport: Pick<Transport, 'metadata'>) {
    this.#transport = transport
  }

  /**
   * The question as the runtime carries it.
   * @throws RuntimeVersionError, UnsupportedFeatureError where it does not carry all of it, unless the call says that
   * what it does not carry is to be left out with a warning.
   */
  async admit(call: SourceCall): Promise<Admitted> {
    const needed = requirements.filter(({ isIn }) => isIn(call.request))
    if (needed.length === 0) return { request: call.request, warnings: [] }
    this.#runtime ??= await this.#ask(call)
    const runtime = this.#runtime
    let { request } = call
    const warnings: ChatWarning[] = []
    for (const requirement of needed) {
      const carried = carries(runtime, requirement)
      if (carried === true) continue
      if (carried === undefined) {
        warnings.push(unverified(requirement))
        continue
      }
      if (!requirement.minor && call.onUnsupported !== 'warn') throw refusal(runtime, requirement)
      request = requirement.without(request)
      warnings.push(leftOut(runtime, requirement))
    }
    return { request, warnings }
  }

  async #ask(context: CallContext): Promise<Runtime> {
    try {
      const metadata = await this.#transport.metadata(context)
      return {
        daprChat: isDaprChat(metadata),
        version: metadata.extended.daprRuntimeVersion || metadata.runtimeVersion,
      }
    } catch (thrown) {
      // A daprd whose metadata is not among the APIs that it allows.
      const hidden = thrown instanceof ConversationError && (thrown.code === 'not_found' || thrown.code === 'forbidden')
      if (!hidden) throw thrown
      return { daprChat: false, version: '' }
    }
  }
}

/** Whether a runtime carries something; `undefined` where nobody can tell. */
function carries({ daprChat, version }: Runtime, { since }: Requirement): boolean | undefined {
  return daprChat || (since !== undefined && isAtLeast(version, since))
}

function refusal({ version }: Runtime, { option, since }: Requirement): Error {
  const hint = 'Run dapr-chat in its place, or set onUnsupported to "warn" to send the question without it.'
  if (since === undefined) {
    return new UnsupportedFeatureError(`Cannot send ${option}: only dapr-chat carries it, and the runtime is Dapr`, {
      hint,
    })
  }
  return new RuntimeVersionError(
    `Cannot send ${option}: the runtime must be Dapr ${since} or newer, or dapr-chat: current value is ${version}`,
    { required: since, actual: version, hint },
  )
}

function leftOut({ version }: Runtime, { option, since }: Requirement): ChatWarning {
  const rule =
    since === undefined ? 'only dapr-chat carries it' : `it needs Dapr ${since}, and the runtime is ${version}`
  return { code: 'left_out', option, message: `The question was sent without ${option}: ${rule}.` }
}

function unverified({ option, since }: Requirement): ChatWarning {
  const message = `The runtime does not say its version: ${option} has an effect only from Dapr ${since} on.`
  return { code: 'unverified', option, message }
}

/** Asks the sidecar itself, with a question that it carries in full. */
import { RuntimeGate } from '../runtime/runtime-gate.ts'
import type { AnswerSource, SourceAnswer, SourceCall, Transport } from './transport.ts'

/** The conversation API of the sidecar at the other end of a transport. */
export class NativeSource implements AnswerSource {
  readonly #transport: Transport
  readonly #gate: RuntimeGate

  constructor(transport: Transport) {
    this.#transport = transport
    this.#gate = new RuntimeGate(transport)
  }

  async stream(call: SourceCall, options: { readonly streaming: boolean }): Promise<SourceAnswer> {
    const { request, warnings } = await this.#gate.admit(call)
    const answer = await this.#transport.stream({ ...call, request }, options)
    return { ...answer, warnings: [...(answer.warnings ?? []), ...warnings] }
  }
}

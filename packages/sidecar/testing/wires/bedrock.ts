import { crc32 } from 'node:zlib'
import type { ProviderWire, WireCall } from './provider-wire.ts'

const reasons = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'guardrail_intervened',
} as const

/** The messages of Bedrock's Converse API, in AWS's binary framing. */
export function bedrockWire(): ProviderWire {
  let index = 0
  const event = (name: string, payload: object) =>
    awsFrame({ ':message-type': 'event', ':event-type': name, ':content-type': 'application/json' }, payload)
  const block = (deltas: readonly object[], start?: object) => {
    const contentBlockIndex = index++
    return [
      ...(start ? [event('contentBlockStart', { contentBlockIndex, start })] : []),
      ...deltas.map((delta) => event('contentBlockDelta', { contentBlockIndex, delta })),
      event('contentBlockStop', { contentBlockIndex }),
    ]
  }
  const call = ({ id, name, pieces }: WireCall) =>
    block(
      pieces.map((input) => ({ toolUse: { input } })),
      { toolUse: { toolUseId: id, name } },
    )
  return {
    contentType: 'application/vnd.amazon.eventstream',
    eventStream: false,
    start() {
      index = 0
      return [event('messageStart', { role: 'assistant' })]
    },
    text: (text) => Buffer.concat(block([{ text }])),
    thought: (text) => Buffer.concat(block([{ reasoningContent: { text } }])),
    calls: (calls) => calls.flatMap(call),
    finish: ({ reason, promptTokens, completionTokens }) => [
      event('messageStop', { stopReason: reasons[reason] }),
      event('metadata', {
        usage: {
          inputTokens: promptTokens,
          outputTokens: completionTokens,
          totalTokens: promptTokens + completionTokens,
        },
        metrics: { latencyMs: 1 },
      }),
    ],
    failure: (message) =>
      awsFrame({ ':message-type': 'exception', ':exception-type': 'serviceUnavailableException' }, { message }),
    unknown: () => event('mood', { mood: 'fine' }),
    refusal: (message) => JSON.stringify({ message }),
  }
}

/** One frame: lengths, checksum, headers, payload, checksum. */
export function awsFrame(headers: Readonly<Record<string, string>>, payload: object): Uint8Array {
  const head = Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const lengths = Buffer.from([7, value.length >> 8, value.length & 0xff])
      return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), lengths, Buffer.from(value)])
    }),
  )
  const body = Buffer.from(JSON.stringify(payload))
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(12 + head.length + body.length + 4, 0)
  prelude.writeUInt32BE(head.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(Buffer.concat([prelude, head, body])))
  return Buffer.concat([prelude, head, body, checksum])
}

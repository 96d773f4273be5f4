/**
 * Personal data, sent to a running sidecar with and without the flags. What goes in and comes out is what daprd's own tests
 * have; that it streams is ours.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventsOf, type PlainEvent, post, type RunningSidecar, startSidecar } from '@dapr-chat/sidecar/testing'
import { at, DaprClient, type Message } from './harness.ts'

let running: RunningSidecar
let grpc: DaprClient

before(async () => {
  running = await startSidecar()
  grpc = new DaprClient(running.grpc)
})

after(async () => {
  grpc[Symbol.dispose]()
  await running[Symbol.asyncDispose]()
})

interface Example {
  readonly text: string
  readonly scrubbed: string
  /** The words that echo counts once the question is scrubbed, where daprd's tests say. */
  readonly words?: number
}

const examples: readonly Example[] = [
  {
    text: 'well hello there, my phone number is +2222222222',
    scrubbed: 'well hello there, my phone number is <PHONE_NUMBER>',
    words: 8,
  },
  {
    text: 'well hello there, my phone number is +4422222222',
    scrubbed: 'well hello there, my phone number is <PHONE_NUMBER>',
    words: 8,
  },
  {
    text: 'well hello there, my email is test@test.com',
    scrubbed: 'well hello there, my email is <EMAIL_ADDRESS>',
    words: 7,
  },
  { text: 'well hello there from 10.8.9.1', scrubbed: 'well hello there from <IP>', words: 5 },
  { text: 'well hello there', scrubbed: 'well hello there', words: 3 },
  { text: 'Hi this is Anshal with, +919140520809', scrubbed: 'Hi this is Anshal with, <PHONE_NUMBER>' },
  { text: 'Hi ping mein at anshaldwivedi@gmail.com', scrubbed: 'Hi ping mein at <EMAIL_ADDRESS>' },
  { text: 'here, 6011553157232994', scrubbed: 'here, <CREDIT_CARD>' },
  {
    text: 'My SSN is488-23-3729. Details can be found at https://aavaz.ai/emp/488-23-3729',
    scrubbed: 'My SSN is<US_SSN>. Details can be found at https://aavaz.ai/emp/488-23-3729',
  },
  { text: 'My email is 9144520109@gmail.com', scrubbed: 'My email is <EMAIL_ADDRESS>' },
]

const alpha1 = '/v1.0-alpha1/conversation/echo/converse'
const alpha2 = '/v1.0-alpha2/conversation/echo/converse'
const said = (text: string) => ({ content: [{ text }] })

async function converse(path: string, body: unknown): Promise<unknown> {
  const { status, text } = await post(running.http, path, body)
  assert.equal(status, 200, text)
  return JSON.parse(text)
}

/** The frames of a stream that ended well. */
async function frames(path: string, body: unknown): Promise<unknown[]> {
  const { text } = await post(running.http, path, body, { accept: 'text/event-stream' })
  const data = eventsOf(text).map(({ data }: PlainEvent) => data)
  assert.equal(data.pop(), '[DONE]', text)
  return data.map((each) => JSON.parse(each))
}

function contentOf(streamed: readonly unknown[]): string {
  return streamed.map((frame) => at(frame, 'choices', 0, 'delta', 'content') ?? '').join('')
}

for (const { text, scrubbed, words } of examples) {
  test(`${scrubbed}: the question, over HTTP`, async () => {
    const first = await converse(alpha1, { inputs: [{ content: text, scrubPII: true }] })
    assert.deepEqual(first, { outputs: [{ result: scrubbed }] })
    const inputs = [{ messages: [{ ofUser: said(text) }], scrubPii: true }]
    const second = await converse(alpha2, { inputs })
    assert.equal(at(second, 'outputs', 0, 'choices', 0, 'message', 'content'), scrubbed)
    if (words !== undefined) assert.equal(at(second, 'outputs', 0, 'usage', 'totalTokens'), String(2 * words))
    assert.equal(contentOf(await frames(alpha2, { inputs })), scrubbed)
  })

  test(`${scrubbed}: the answer, over HTTP`, async () => {
    const first = await converse(alpha1, { inputs: [{ content: text }], scrubPII: true })
    assert.deepEqual(first, { outputs: [{ result: scrubbed }] })
    const body = { inputs: [{ messages: [{ ofUser: said(text) }] }], scrubPii: true }
    const second = await converse(alpha2, body)
    assert.equal(at(second, 'outputs', 0, 'choices', 0, 'message', 'content'), scrubbed)
    assert.equal(contentOf(await frames(alpha2, body)), scrubbed)
    const streamed = await frames(alpha1, { inputs: [{ content: text }], scrubPII: true })
    const chunks = streamed.map((frame) => at(frame, 'chunk', 'parts', 0, 'text', 'text') ?? '')
    assert.equal(chunks.join(''), scrubbed)
    assert.equal(at(streamed.at(-1), 'complete', 'outputs', 0, 'result'), scrubbed)
  })

  test(`${scrubbed}: over gRPC`, async () => {
    const input = { messages: [{ of_user: said(text) }] }
    const requests: Message[] = [
      { name: 'echo', inputs: [{ ...input, scrub_pii: true }] },
      { name: 'echo', inputs: [input], scrub_pii: true },
    ]
    for (const request of requests) {
      const whole = await grpc.unary('ConverseAlpha2', request)
      assert.equal(at(whole, 'outputs', 0, 'choices', 0, 'message', 'content'), scrubbed)
      const streamed: Message[] = []
      for await (const message of grpc.stream('ConverseStreamAlpha2', request)) streamed.push(message)
      assert.equal(contentOf(streamed), scrubbed)
    }
    const first = await grpc.unary('ConverseAlpha1', { name: 'echo', inputs: [{ content: text, scrubPII: true }] })
    assert.equal(at(first, 'outputs', 0, 'result'), scrubbed)
  })
}

const two = ['well hello there from 10.8.9.1', 'well hello there, my email is test@test.com']

test('the answer to several inputs is scrubbed, and counted before', async () => {
  const inputs = two.map((text) => ({ messages: [{ ofUser: said(text) }] }))
  assert.deepEqual(await converse(alpha2, { inputs, scrubPii: true }), {
    outputs: [
      {
        choices: [
          {
            finishReason: 'stop',
            message: { content: 'well hello there from <IP>\nwell hello there, my email is <EMAIL_ADDRESS>' },
          },
        ],
        usage: { completionTokens: '12', promptTokens: '12', totalTokens: '24' },
      },
    ],
  })
})

test('the flag of one input leaves the others alone', async () => {
  const [first, second] = two.map((content) => ({ content }))
  assert.deepEqual(await converse(alpha1, { inputs: [first, { ...second, scrubPII: true }] }), {
    outputs: [{ result: 'well hello there from 10.8.9.1\nwell hello there, my email is <EMAIL_ADDRESS>' }],
  })
})

test('every kind of message is scrubbed, and nobody is renamed', async () => {
  const messages = [
    ...['ofSystem', 'ofDeveloper', 'ofUser', 'ofAssistant'].map((kind) => ({ [kind]: said('from 10.8.9.1') })),
    { ofTool: { toolId: '10.8.9.1', name: 'a@b.de', ...said('from 10.8.9.1') } },
  ]
  const answer = await converse(alpha2, { inputs: [{ messages, scrubPii: true }] })
  assert.equal(
    at(answer, 'outputs', 0, 'choices', 0, 'message', 'content'),
    "from <IP>\nfrom <IP>\nfrom <IP>\nfrom <IP>\nTool Response for tool ID '10.8.9.1' with name 'a@b.de': from <IP>",
  )
})

const calls = [{ id: 'c1', function: { name: 'send', arguments: '{"to":"test@test.com","phone":4155550123}' } }]
const scrubbedArguments = { to: '<EMAIL_ADDRESS>', phone: '<ISBN>' }

for (const flag of ['input', 'output'] as const) {
  test(`the arguments of a call are scrubbed by the flag of the ${flag}, and stay JSON`, async () => {
    const input = { messages: [{ ofAssistant: { toolCalls: calls } }], scrubPii: flag === 'input' }
    const body = { inputs: [input], scrubPii: flag === 'output' }
    const whole = await converse(alpha2, body)
    const written = at(whole, 'outputs', 0, 'choices', 0, 'message', 'toolCalls', 0, 'function', 'arguments')
    assert.deepEqual(JSON.parse(String(written)), scrubbedArguments)
    const pieces = (await frames(alpha2, body)).map(
      (frame) => at(frame, 'choices', 0, 'delta', 'toolCalls', 0, 'arguments') ?? '',
    )
    assert.equal(pieces.join(''), written)
  })
}

test('without a flag nothing is scrubbed', async () => {
  const inputs = two.map((content) => ({ content }))
  assert.deepEqual(await converse(alpha1, { inputs }), { outputs: [{ result: two.join('\n') }] })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ConversationCall,
  ConversationError,
  type ConversationEvent,
  type Converse,
  collect,
  type ResponseFormat,
  ResultFold,
} from '@dapr-chat/protocol'
import fc from 'fast-check'
import { callOf } from '../../../testing/index.ts'
import { personal, pieces } from '../../../testing/personal-data.ts'
import { scrubJson } from './json-scrubber.ts'
import { type HeldBack, scrubOutput } from './output.ts'
import { scrubText } from './text-scrubber.ts'

const asked = (responseFormat?: ResponseFormat): ConversationCall =>
  callOf({ scrub: { messages: [], output: true }, ...(responseFormat && { responseFormat }) })

const playing = (...batches: readonly (readonly ConversationEvent[])[]): Converse =>
  async function* plays() {
    yield* batches
  }

async function batchesOf(converse: Converse, call = asked()): Promise<(readonly ConversationEvent[])[]> {
  const batches: (readonly ConversationEvent[])[] = []
  for await (const batch of scrubOutput(new Set())(converse)(call)) batches.push(batch)
  return batches
}

const text = (text: string, choice = 0): ConversationEvent => ({ type: 'text-delta', choice, text })
const finish = (choice = 0): ConversationEvent => ({ type: 'finish', choice, reason: 'stop' })

test('what may become personal data waits, and leaves with what tells', async () => {
  const start: ConversationEvent = { type: 'message-start' }
  const batches = await batchesOf(
    playing([start], [text('from 10.8')], [text('.9')], [text('.1')], [text(' on'), text(' time')], [finish()]),
  )
  assert.deepEqual(batches, [[start], [text('from ')], [text('<IP> '), text('on ')], [text('time'), finish()]])
})

test('what waits is counted in bytes of every lane, until the answer has ended', async () => {
  const answers = new Set<HeldBack>()
  const held = () => Array.from(answers, ({ heldBytes }) => heldBytes)
  const batches: readonly (readonly ConversationEvent[])[] = [
    [text('from 10.8')],
    [
      { type: 'tool-call-start', choice: 0, index: 0, id: 'a', name: 'f' },
      { type: 'tool-call-delta', choice: 0, index: 0, arguments: '{"grüße":"10.' },
    ],
  ]
  const counts: number[][] = []
  const seen = scrubOutput(answers)(playing(...batches, [text(' on'), finish()]))(asked())
  for await (const _ of seen) counts.push(held())
  // `10.8`; `10.8` and `10.`; nothing after the end of the texts.
  assert.deepEqual(counts, [[4], [7], [0]])
  assert.equal(answers.size, 0)
})

const run = fc.tuple(personal, pieces)

test('every kind of text of every choice, and the arguments of every call, come out as their whole would', async () => {
  const lane = fc.record({ text: run, reasoning: run, refusal: run, calls: fc.array(run, { maxLength: 2 }) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(lane, { minLength: 1, maxLength: 2 }),
      fc.infiniteStream(fc.nat()),
      async (lanes, turns) => {
        const waiting = lanes.flatMap(({ text, reasoning, refusal, calls }, choice) => [
          eventsOf(text, (text) => ({ type: 'text-delta', choice, text })),
          eventsOf(reasoning, (text) => ({ type: 'reasoning-delta', choice, text })),
          eventsOf(refusal, (text) => ({ type: 'refusal-delta', choice, text })),
          calls.flatMap((call, index): ConversationEvent[] => [
            { type: 'tool-call-start', choice, index, id: `${index}`, name: 'f' },
            ...eventsOf(call, (piece) => ({ type: 'tool-call-delta', choice, index, arguments: piece })),
            { type: 'tool-call-end', choice, index },
          ]),
        ])
        const batches: ConversationEvent[][] = []
        for (let open = waiting; open.length > 0; open = open.filter((events) => events.length > 0)) {
          const events = open[(turns.next().value ?? 0) % open.length]
          const batch = events?.splice(0, 2) ?? []
          if (batch.length > 0) batches.push(batch)
        }
        batches.push(lanes.map((_, choice) => finish(choice)))
        const { choices } = await collect(scrubOutput(new Set())(playing(...batches))(asked()))
        assert.deepEqual(
          choices.map(({ text, reasoning, refusal, toolCalls }) => ({
            text,
            reasoning,
            refusal,
            calls: toolCalls.map((call) => call.arguments),
          })),
          lanes.map(({ text, reasoning, refusal, calls }) => ({
            text: scrubText(text[0]),
            reasoning: scrubText(reasoning[0]),
            refusal: scrubText(refusal[0]),
            calls: calls.map(([text]) => scrubJson(text)),
          })),
        )
      },
    ),
  )
})

function eventsOf([text, cut]: [string, (text: string) => string[]], event: (piece: string) => ConversationEvent) {
  return cut(text).map(event)
}

test('batches stay batches: none is empty, and no event is made of two', async () => {
  const deltas = ['Hello', ', my', ' name', ' is', ' Bob'].map((piece) => text(piece))
  const batches = await batchesOf(playing(deltas.slice(0, 2), deltas.slice(2), [finish()]))
  assert.deepEqual(batches, [[text('Hello, ')], [text('my '), text('name '), text('is ')], [text('Bob'), finish()]])
})

test("a call's arguments are whole before its end", async () => {
  const call = { choice: 0, index: 0 }
  const events: ConversationEvent[] = [
    { type: 'tool-call-start', ...call, id: 'a', name: 'f' },
    { type: 'tool-call-delta', ...call, arguments: '{"n":1234' },
    { type: 'tool-call-delta', ...call, arguments: '5' },
    { type: 'tool-call-delta', ...call, arguments: '}' },
    { type: 'tool-call-end', ...call },
  ]
  const batches = await batchesOf(playing(...events.map((event) => [event])))
  assert.deepEqual(batches.flat(), [
    events[0],
    { type: 'tool-call-delta', ...call, arguments: '{"n":' },
    { type: 'tool-call-delta', ...call, arguments: '"<ZIP_CODE>"}' },
    events[4],
  ])
})

test('an answer that was asked for as JSON stays JSON', async () => {
  const answer = playing([text('{"year":20'), text('24,"ip":"10.8.9.1"}'), finish()])
  const { choices } = await collect(scrubOutput(new Set())(answer)(asked({ type: 'json_object' })))
  assert.deepEqual(JSON.parse(choices[0]?.text ?? ''), { year: '<PHONE_NUMBER>', ip: '<IP>' })
})

test('a signature goes with the thinking that it signed, and not with what became of it', async () => {
  const thinking = (words: string): ConversationEvent[] => [
    { type: 'reasoning-delta', choice: 0, text: words },
    { type: 'reasoning-delta', choice: 0, text: '', signature: 's' },
    finish(),
  ]
  const signature = async (words: string) =>
    (await collect(scrubOutput(new Set())(playing(thinking(words)))(asked()))).choices[0]?.reasoningSignature
  assert.equal(await signature('hm'), 's')
  assert.equal(await signature('from 10.8.9.1'), undefined)
})

test('a failure comes after what arrived, scrubbed', async () => {
  const error = new ConversationError('interrupted', 'the connection broke')
  const fold = new ResultFold()
  const broken: Converse = async function* breaks() {
    yield [text('from 10.8.9.1')]
    throw error
  }
  await assert.rejects(async () => {
    for await (const batch of scrubOutput(new Set())(broken)(asked())) for (const event of batch) fold.add(event)
  }, error)
  assert.equal(fold.partial.choices[0]?.text, 'from <IP>')
})

test('a stream that is left early is closed behind the middleware too', async () => {
  let closed = false
  const endless: Converse = async function* runs() {
    try {
      for (;;) yield [text('a ')]
    } finally {
      closed = true
    }
  }
  for await (const _ of scrubOutput(new Set())(endless)(asked())) break
  assert.ok(closed)
})

test('a call that asks for nothing gets the stream itself', () => {
  const stream = (async function* () {})()
  assert.equal(scrubOutput(new Set())(() => stream)(callOf()), stream)
  assert.equal(scrubOutput(new Set())(() => stream)(callOf({ scrub: { messages: [0], output: false } })), stream)
})

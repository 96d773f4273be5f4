/** What a request asks for reaches the vendor or is refused, and what the vendor reports reaches the caller. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import type { ConversationResult } from '@dapr-chat/protocol'
import { asFields } from '@dapr-chat/protocol/openai'
import { type CallOptions, callOf } from '../call-of.ts'
import { type Outcome, outcomeOf } from '../outcome.ts'
import type { ScriptedAnswer } from '../scripted-answer.ts'
import { type ReceivedRequest, scriptedProvider } from '../scripted-provider.ts'
import { assembledOf } from './assembled.ts'
import type { NetworkContract } from './contract.ts'
import { type Question, questions } from './questions.ts'
import { answerOf, ending, texts } from './subject.ts'
import { type Feature, supportOf } from './support.ts'

interface Asked extends Outcome {
  readonly requests: readonly ReceivedRequest[]
}

async function ask(contract: NetworkContract, answer: ScriptedAnswer, call: CallOptions = {}): Promise<Asked> {
  await using upstream = await scriptedProvider(answer)
  await using provider = assembledOf(contract, upstream.url)
  return { ...(await outcomeOf(provider.converse(callOf(call)))), requests: upstream.requests }
}

export function featuresContract(contract: NetworkContract): void {
  requestsContract(contract)
  reportsContract(contract)
  connectClockContract(contract)
}

/** What is asked for. The last word is one that a refusal has to say. */
const asked: readonly [question: Question, feature: Feature, name: string, word: RegExp][] = [
  ['tool', 'tool calls', 'sends the definition of a tool', /tool/],
  ['forcedTool', 'forced tool', 'forces one tool', /tool/],
  ['someTool', 'forced tool', 'forces some tool', /tool/],
  ['noTool', 'forced tool', 'forbids tools', /tool/],
  ['schema', 'structured output', 'asks for an answer that fits a JSON schema', /schema|response/i],
  ['imageBytes', 'images by bytes', 'takes an image by its bytes', /image/],
  ['imageAddress', 'images by address', 'takes an image by its address', /image|URL/],
  ['audio', 'audio', 'takes a recording', /audio/],
  ['file', 'files', 'takes a PDF', /file|pdf/],
]

function requestsContract(contract: NetworkContract): void {
  const { type } = contract.definition
  for (const [question, feature, name, word] of asked) {
    const { state, reason } = supportOf(contract.differs, feature)
    if (state === 'refused') {
      test(`${type} refuses what for others is "${name}", because ${reason}`, async () => {
        const { error, requests } = await ask(contract, hello(contract), questions[question])
        assert.equal(error?.code, 'invalid_params')
        assert.match(error.message, word)
        assert.equal(requests.length, 0)
      })
      continue
    }
    test(`${type} ${name}`, state === 'missing' ? { skip: reason } : {}, () => reaches(contract, question))
  }
  test(`${type} keeps a temperature of 0`, () => reaches(contract, 'temperature'))
  test(`${type} sends the limit of an answer`, () => reaches(contract, 'limit'))
  test(`${type} passes parameters on, known and unknown ones`, () => reaches(contract, 'parameters'))
}

const hello = (contract: NetworkContract) => answerOf(contract, (words) => texts(words, 'Hello'))

async function reaches(contract: NetworkContract, question: Question): Promise<void> {
  const expected = contract.sends[question]
  assert.ok(expected, `the contract must say what "${question}" becomes on the wire`)
  const { error, requests } = await ask(contract, hello(contract), questions[question])
  assert.equal(error, undefined)
  const body = asFields(requests[0]?.body) ?? {}
  if (typeof expected === 'function') assert.ok(expected(body), JSON.stringify(body))
  else assert.partialDeepStrictEqual(body, expected)
}

function reportsContract(contract: NetworkContract): void {
  const { definition, differs } = contract
  const { type } = definition
  const reported = (feature: Feature, name: string, run: () => Promise<void>) => {
    const { state, reason } = supportOf(differs, feature)
    test(`${type} ${name}`, state === 'missing' ? { skip: reason } : {}, run)
  }
  const choiceOf = ({ choices }: ConversationResult) => {
    const [choice] = choices
    assert.ok(choice)
    return choice
  }

  reported('refusals', 'streams a refusal', async () => {
    const { refusal } = contract
    assert.ok(refusal, 'the contract must say how the wire spells a refusal')
    const answer = answerOf(contract, (words) => [
      ...words.start(),
      refusal('I cannot '),
      refusal('do that.'),
      ...words.finish(ending),
    ])
    const { result, events } = await ask(contract, answer)
    assert.deepEqual([choiceOf(result).refusal, choiceOf(result).text], ['I cannot do that.', ''])
    assert.equal(events.filter((event) => event.type === 'refusal-delta').length, 2)
  })

  reported('tool calls', 'gives a tool call without arguments an empty object', async () => {
    const answer = answerOf(contract, (words) => [
      ...words.start(),
      ...words.calls([{ id: 'call_a', name: 'find', pieces: [] }]),
      ...words.finish({ ...ending, reason: 'tool_calls' }),
    ])
    const { result } = await ask(contract, answer, questions.tool)
    assert.deepEqual(choiceOf(result).toolCalls, [{ id: 'call_a', name: 'find', arguments: '{}' }])
  })

  reported('token counts', 'reports the last of several counts of tokens', async () => {
    const answer = answerOf(contract, (words) => [
      ...words.start(),
      words.text('Hello'),
      ...(contract.earlyCount ? [contract.earlyCount()] : []),
      words.text(' world'),
      ...words.finish({ reason: 'stop', promptTokens: 7, completionTokens: 5 }),
    ])
    const { result } = await ask(contract, answer)
    assert.partialDeepStrictEqual(result.usage, { promptTokens: 7, completionTokens: 5, totalTokens: 12 })
  })

  test(`${type} keeps the vendor's own word for the finish reason`, async () => {
    const end = { ...ending, reason: 'length' } as const
    const answer = answerOf(contract, (words) => [...words.start(), words.text('Hello'), ...words.finish(end)])
    const { finishReason, rawFinishReason } = choiceOf((await ask(contract, answer)).result)
    assert.deepEqual([finishReason, rawFinishReason ?? finishReason], ['length', contract.wordForLength])
  })

  const detailed = () =>
    answerOf(contract, (words) => [...words.start(), words.text('Hello'), ...contract.detailedEnd()])
  reported('cached tokens', 'tells how many tokens the vendor had cached', async () => {
    const { result } = await ask(contract, detailed())
    assert.partialDeepStrictEqual(result.usage, { promptTokens: 10, cachedTokens: 4 })
  })
  reported('thinking tokens', 'tells how many tokens went into thinking', async () => {
    const { result } = await ask(contract, detailed())
    assert.partialDeepStrictEqual(result.usage, { completionTokens: 8, reasoningTokens: 5 })
  })
}

function connectClockContract(contract: NetworkContract): void {
  test(`${contract.definition.type} gives up when the clock "connect" runs out`, async () => {
    // A server that never answers the TLS handshake: the connection is open, and never ready.
    const server = createServer((socket) => socket.resume().on('error', () => {}))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
      await using provider = assembledOf(contract, endpoint, { connectTimeout: '60ms' })
      const { error } = await outcomeOf(provider.converse(callOf()))
      assert.deepEqual([error?.code, error?.clock], ['timeout', 'connect'])
    } finally {
      server.close()
    }
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '@dapr-chat/protocol'
import { readNumber, readServiceTier, withoutForeign } from './foreign-parameters.ts'

function own(parameters: JsonObject) {
  const warned: string[] = []
  const kept = withoutForeign(parameters, (kind, message) => warned.push(`${kind}: ${message}`))
  return { kept, warned }
}

test("the vendor's own parameters are kept, whatever they are called", () => {
  const parameters = { thinkingConfig: { x: 1 }, safety_settings: [], toString: 1, n_best: 2 }
  assert.deepEqual(own(parameters), { kept: parameters, warned: [] })
})

test('of a hint of OpenAI’s that is left out the operator is told', () => {
  const { kept, warned } = own({ user: 'u', verbosity: 'low', top: 1 })
  assert.deepEqual(kept, { top: 1 })
  assert.deepEqual(warned, [
    'user: the parameter "user" is left out of requests: the vendor has nothing like it',
    'verbosity: the parameter "verbosity" is left out of requests: the vendor has nothing like it',
  ])
})

test('a value that asks for nothing is left out without a word', () => {
  const nothing = { logprobs: false, top_logprobs: 0, store: false, parallel_tool_calls: true, logit_bias: {} }
  const more = { modalities: ['text'], service_tier: 'auto', verbosity: 'medium', functions: [], user: null }
  assert.deepEqual(own({ ...nothing, ...more }), { kept: {}, warned: [] })
})

for (const parameters of [
  { logprobs: true },
  { top_logprobs: 3 },
  { modalities: ['text', 'audio'] },
  { audio: { voice: 'a' } },
  { functions: [{ name: 'f' }] },
  { function_call: 'auto' },
  { parallel_tool_calls: false },
  { web_search_options: {} },
]) {
  const [name] = Object.keys(parameters)
  test(`"${name}" is refused, because the answer would be another one without it`, () => {
    const message = `invalid params: this provider does not support the parameter "${name}"`
    assert.throws(() => own(parameters), { code: 'invalid_params', message })
  })
}

test('a service tier becomes the vendor’s word, and one that it does not have is told', () => {
  const warned: string[] = []
  const read = (value: string | null | undefined) =>
    readServiceTier(value, { default: 'standard' }, (kind) => warned.push(kind))
  assert.deepEqual(
    [read('default'), read('auto'), read(null), read(undefined)],
    ['standard', undefined, undefined, undefined],
  )
  assert.deepEqual(warned, [])
  assert.deepEqual(
    [read('scale'), read('constructor'), warned],
    [undefined, undefined, ['service_tier', 'service_tier']],
  )
})

test('a number that is none is refused', () => {
  assert.deepEqual(
    [readNumber({ a: 0 }, 'a'), readNumber({ a: null }, 'a'), readNumber({}, 'a')],
    [0, undefined, undefined],
  )
  assert.throws(() => readNumber({ top_p: '0.5' }, 'top_p'), {
    code: 'invalid_params',
    message: 'invalid params: "top_p" must be a number: current value is "0.5"',
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConversationError } from '@dapr-chat/protocol'
import { packageError } from './failure.ts'

const named = (name: string, members: object = {}) =>
  Object.assign(new Error('the prompt is: my secret'), { name, ...members })

test('an error of ours is found inside those of a package', () => {
  const ours = new ConversationError('timeout', 'too slow')
  const wrapped = new Error('Failed', { cause: new Error('Cannot connect', { cause: ours }) })
  assert.equal(packageError(wrapped, true), ours)
})

const rows: readonly [name: string, thrown: unknown, asked: boolean, code: string, message: RegExp][] = [
  [
    'a feature that is not supported',
    named('AI_UnsupportedFunctionalityError', { functionality: 'media type: audio/wav' }),
    false,
    'invalid_params',
    /does not support media type: audio\/wav/,
  ],
  ['a prompt that it refuses', named('AI_InvalidPromptError'), false, 'invalid_params', /cannot be asked/],
  ['an answer that it cannot read', named('AI_APICallError'), true, 'protocol', /cannot be read/],
  ['an error of its own before the call', named('TypeError'), false, 'internal', /could not be written/],
  ['what is no error at all', 'oops', true, 'protocol', /cannot be read/],
]

for (const [name, thrown, asked, code, message] of rows) {
  test(`what a package throws for ${name} is "${code}" and quotes nothing`, () => {
    const error = packageError(thrown, asked)
    assert.equal(error.code, code)
    assert.match(error.message, message)
    assert.ok(!error.message.includes('secret'))
    assert.equal(error.cause, undefined)
  })
}

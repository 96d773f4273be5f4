import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ContentPart, ConversationError, type Converse, collect } from '@dapr-chat/protocol'
import { callOf } from '../../testing/index.ts'
import { acceptedMedia } from './accepted-media.ts'

const answer: Converse = async function* () {
  yield [{ type: 'finish', choice: 0, reason: 'stop' }]
}
const image: ContentPart = { type: 'image', source: { url: 'https://example.com/a.png' } }
const ask = (...content: ContentPart[]) => callOf({ messages: [{ role: 'user', content }] })

test('acceptedMedia() lets text and the accepted kinds through', async () => {
  const converse = acceptedMedia(['image'])(answer)
  assert.equal((await collect(converse(ask({ type: 'text', text: 'What is this?' }, image)))).choices.length, 1)
})

test('acceptedMedia() refuses other kinds before the provider is called, and says what is accepted', () => {
  const converse = acceptedMedia([])(() => assert.fail('called'))
  assert.throws(
    () => converse(ask(image)),
    (error) =>
      error instanceof ConversationError &&
      error.code === 'invalid_params' &&
      error.message === 'invalid params: the provider takes no image, only: text',
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wordsOf } from './said.ts'

test('texts are said as they are, pictures as marks, tool calls with their arguments', () => {
  const image = (url: string) => ({ type: 'image_url', image_url: { url } })
  const content = [
    { type: 'text', text: 'Look' },
    image('data:image/png;base64,AAAA'),
    image('https://example.com/a.png'),
    { type: 'input_audio', input_audio: { data: 'AAAA' } },
  ]
  assert.equal(
    wordsOf({ role: 'user', content }),
    'Look\n[picture]\n[picture: https://example.com/a.png]\n[input_audio]',
  )
  const called = [{ function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } }]
  assert.equal(wordsOf({ role: 'assistant', content: null, tool_calls: called }), 'get_weather({"city":"Oslo"})')
  assert.equal(wordsOf({ role: 'tool', content: 'Rain' }), 'Rain')
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DaprChatClient } from '@dapr-chat/client'
import { readOptions, settingRows } from './question-options.ts'

describe('readOptions()', () => {
  it('reads the options in the names of the client and of OpenAI', () => {
    const { options } = readOptions([
      'temperature=0.2',
      'maxTokens=5',
      'timeout_ms=100',
      'scrub_pii=input',
      'parameters.top_p=0.5',
      'parameters.stop=END',
    ])
    assert.deepEqual(options, {
      temperature: 0.2,
      maxTokens: 5,
      timeoutMs: 100,
      scrubPii: { input: true, output: false },
      parameters: { top_p: 0.5, stop: 'END' },
    })
  })

  it('gives only what the client takes, for every option', () => {
    const values = ['1', 'auto', 'true', 'parallel', 'throw']
    for (const [name] of settingRows) {
      const readable = values.filter((value) => {
        try {
          const { options } = readOptions([`${name}=${value}`])
          assert.equal(Object.keys(options).length, 1)
          const tools = [{ name: value }]
          return new DaprChatClient().generateStream('x', { tools, ...options }) !== undefined
        } catch {
          return false
        }
      })
      assert.notEqual(readable.length, 0, name)
    }
  })

  it('says what is wrong with a name or a value', () => {
    assert.throws(() => readOptions(['temperatur=1']), /Unknown option "temperatur": did you mean temperature\?/)
    assert.throws(() => readOptions(['top_p=1']), /is written parameters\.top_p/)
    assert.throws(() => readOptions(['temperature=warm']), /Cannot set temperature: .*current value is "warm"/)
    assert.throws(() => readOptions(['max_tokens=0']), /Cannot set max_tokens/)
    assert.throws(() => readOptions(['streaming=no']), /it must be auto, require or off/)
    assert.throws(() => readOptions(['temperature']), /Cannot read --option/)
  })

  it('lists what is set as it was written, and takes it back', () => {
    const options = readOptions(['max-tokens=5', 'temperature=1', 'maxTokens=6'])
    assert.deepEqual(options.entries, [
      ['max_tokens', '6'],
      ['temperature', '1'],
    ])
    assert.ok(options.unset('maxTokens'))
    assert.ok(!options.unset('maxTokens'))
    assert.deepEqual(options.options, { temperature: 1 })
  })
})

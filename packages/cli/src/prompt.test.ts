import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Input, readPrompt } from './prompt.ts'

function input(text: string, isTTY = false): Input {
  return {
    isTTY,
    async *[Symbol.asyncIterator]() {
      for (const byte of Buffer.from(text)) yield Buffer.from([byte])
    },
  } as Input
}

const terminal: Input = {
  isTTY: true,
  [Symbol.asyncIterator]: () => assert.fail('a terminal must not be read'),
} as Input

describe('readPrompt()', () => {
  const unheard = () => assert.fail('nothing is to be said')

  it('joins the words, and does not read a terminal', async () => {
    assert.equal(await readPrompt(['Tell', 'me'], terminal, unheard), 'Tell me')
  })

  it('puts text on stdin before the words, whatever way its bytes are cut', async () => {
    assert.equal(await readPrompt(['Translate'], input('grüße 🌊\n'), unheard), 'grüße 🌊\n\nTranslate')
  })

  it('asks with stdin alone, and with words alone where stdin is empty', async () => {
    assert.equal(await readPrompt([], input('hello\n'), unheard), 'hello')
    assert.equal(await readPrompt(['hello'], input(''), unheard), 'hello')
  })

  it('reads only stdin for a dash, a terminal not without a notice', async () => {
    assert.equal(await readPrompt(['-'], input('hello'), unheard), 'hello')
    const notices: string[] = []
    assert.equal(await readPrompt(['-'], input('typed', true), (message) => notices.push(message)), 'typed')
    assert.match(notices.join(), /Ctrl-D/)
  })

  it('refuses to ask nothing', async () => {
    await assert.rejects(readPrompt([], terminal, unheard), /a prompt must be given/)
    await assert.rejects(readPrompt([' '], input(' \n'), unheard), /a prompt must be given/)
  })
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough, Readable, type Writable } from 'node:stream'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { PrefixedOutput, passOn } from './prefixed-output.ts'

/** Two writers on one screen, and what is on it. */
function screen() {
  const target = new PassThrough({ encoding: 'utf8', highWaterMark: 1024 * 1024 })
  const output = new PrefixedOutput()
  return {
    app: output.writer(target, 'A '),
    sidecar: output.writer(target, 'D '),
    shown: () => (target.read() as string | null) ?? '',
  }
}

async function write(writer: Writable, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    await new Promise((resolve) => writer.write(text, resolve))
  }
}

describe('PrefixedOutput', () => {
  it('begins each line with who wrote it', async () => {
    const { app, sidecar, shown } = screen()
    await write(app, 'one\ntwo\n')
    await write(sidecar, 'three\n')
    assert.equal(shown(), 'A one\nA two\nD three\n')
  })

  it('passes on a line while it is being written', async () => {
    const { app, shown } = screen()
    await write(app, 'to')
    assert.equal(shown(), 'A to')
    await write(app, 'ken', 's\nnext')
    assert.equal(shown(), 'kens\nA next')
  })

  it('writes nobody into the line of another one', async () => {
    const { app, sidecar, shown } = screen()
    await write(app, 'half')
    await write(sidecar, 'whole\n')
    await write(app, ' a line\n\n')
    assert.equal(shown(), 'A half\nD whole\nA  a line\nA \n')
  })

  it('shows the same text however it is cut', async () => {
    const lines = fc.array(fc.constantFrom('a', 'b\n', '\n', '\n\n', 'c', 'ü\n'), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(lines, async (texts) => {
        const cut = screen()
        await write(cut.app, ...texts)
        const whole = screen()
        await write(whole.app, texts.join(''))
        assert.equal(cut.shown(), whole.shown())
      }),
    )
  })

  it('slows down who writes faster than the screen takes it', async () => {
    const target = new PassThrough({ highWaterMark: 1 })
    const writer = new PrefixedOutput().writer(target, '')
    const passed = passOn(Readable.from(['one\n', 'two\n'], { objectMode: false }), writer)
    await once(target, 'readable')
    assert.equal(String(target.read()), 'one\n')
    target.resume()
    await passed
  })
})

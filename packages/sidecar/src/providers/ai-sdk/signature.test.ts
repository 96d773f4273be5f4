import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readThinking, SignatureWriter, sealOf, signatureOf, type ThinkingBlock } from './signature.ts'

test('the signature of one block is the vendor’s own', () => {
  const writer = new SignatureWriter()
  writer.start()
  writer.grow(2)
  assert.equal(writer.seal({ signature: 'sig==' }), 'sig==')
  assert.deepEqual(readThinking('hm', 'sig=='), [
    { text: 'hm', seal: { signature: 'sig==' }, after: { text: 0, calls: 0 } },
  ])
})

test('blocks come back as they were, for every number of them', () => {
  const seal = fc.oneof(
    fc.string({ minLength: 1 }).map((signature) => ({ signature })),
    fc.string({ minLength: 1 }).map((redactedData) => ({ redactedData })),
  )
  const block = fc.record(
    {
      text: fc.string({ unit: 'grapheme' }),
      seal,
      after: fc.record({ text: fc.nat(9), calls: fc.nat(2) }, { noNullPrototype: true }),
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(fc.array(block, { minLength: 2, maxLength: 5 }), (blocks: ThinkingBlock[]) => {
      const writer = new SignatureWriter()
      let signature = ''
      for (const { text, seal, after } of blocks) {
        writer.start(after)
        writer.grow(text.length)
        signature = writer.seal(seal)
      }
      assert.deepEqual(readThinking(blocks.map(({ text }) => text).join(''), signature), blocks)
    }),
  )
})

test('a block that does not stand in front of the answer is told with its place', () => {
  const writer = new SignatureWriter()
  writer.start({ text: 3, calls: 1 })
  writer.grow(2)
  assert.deepEqual(readThinking('hm', writer.seal({ signature: 's' })), [
    { text: 'hm', seal: { signature: 's' }, after: { text: 3, calls: 1 } },
  ])
})

test('a block that is hidden goes back, and one without a seal stays', () => {
  const writer = new SignatureWriter()
  writer.start()
  writer.grow(4)
  writer.start()
  const signature = writer.seal({ redactedData: 'xyz' })
  assert.deepEqual(readThinking('open', signature), [
    { text: '', seal: { redactedData: 'xyz' }, after: { text: 0, calls: 0 } },
  ])
})

test('a seal is found under any vendor’s name, and nothing else is taken for one', () => {
  assert.deepEqual(sealOf({ google: { thoughtSignature: 'a' } }), { thoughtSignature: 'a' })
  assert.deepEqual(sealOf({ amazonBedrock: { redactedContent: 'b' } }), { redactedContent: 'b' })
  assert.equal(sealOf({ anthropic: { signature: '' } }), undefined)
  assert.equal(sealOf({ anthropic: { caller: { type: 'direct' } } }), undefined)
  assert.equal(sealOf(undefined), undefined)
  assert.equal(signatureOf({ anthropic: { redactedData: 'b' } }), undefined)
})

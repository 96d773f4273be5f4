import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  choiceValue,
  countValue,
  durationValue,
  listValue,
  portValue,
  secondsValue,
  sizeLimitValue,
  sizeValue,
} from './value.ts'

describe('values of flags', () => {
  const sizes = {
    '1048576': 1_048_576,
    '4Mi': 4_194_304,
    '16Ki': 16_384,
    '1.5Ki': 1_536,
    '500k': 500_000,
    '2M': 2_000_000,
  }
  for (const [text, bytes] of Object.entries(sizes)) {
    it(`reads the size ${text}`, () => assert.equal(sizeValue('max-body-size', text), bytes))
  }
  for (const text of ['', '0', '-1', '4MB', '4 Mi', 'many', '4constructor']) {
    it(`refuses the size "${text}"`, () => {
      assert.throws(() => sizeValue('max-body-size', text), /Cannot use --max-body-size: it must be a size above zero/)
    })
  }

  for (const [text, bytes] of Object.entries({ '8Ki': 8192, '-1': 4096, '0': 10_000, '-5': 10_000, '1Mi': 10_000 })) {
    it(`reads the limit ${text}`, () => {
      assert.equal(sizeLimitValue('max-body-size', text, { standard: 4096, most: 10_000 }), bytes)
    })
  }

  it('reads spans of time as milliseconds', () => {
    assert.equal(durationValue('d', '1m30s'), 90_000)
    assert.equal(durationValue('d', '2'), 2_000)
    for (const text of ['', 'soon', '-1s']) {
      assert.throws(() => durationValue('d', text), new RegExp(`span of time.*current value is "${text}"`))
    }
  })

  it('reads whole numbers', () => {
    assert.equal(countValue('n', '-1'), -1)
    assert.throws(() => countValue('n', '1.5'), /must be a whole number: current value is "1\.5"/)
  })

  it('reads ports, 0 among them', () => {
    assert.equal(portValue('metrics-port', '0'), 0)
    assert.equal(portValue('metrics-port', '65535'), 65_535)
  })
  for (const text of ['', '-1', '65536', '80.5', 'http', '0x50', '123456']) {
    it(`refuses the port "${text}"`, () => {
      assert.throws(
        () => portValue('metrics-port', text),
        new RegExp(`whole number from 0 to 65535: current value is "${text}"`),
      )
    })
  }

  it('reads seconds as milliseconds', () => {
    assert.equal(secondsValue('s', '5'), 5000)
    assert.equal(secondsValue('s', '0.25'), 250)
    assert.throws(() => secondsValue('s', '5s'), /must be a number of seconds/)
  })

  it('splits lists at commas and joins repeated flags', () => {
    assert.deepEqual(listValue(['a,b', ' c ', ',']), ['a', 'b', 'c'])
  })

  it('names the choices', () => {
    assert.equal(choiceValue('log-format', 'json', ['text', 'json']), 'json')
    assert.throws(() => choiceValue('log-format', 'xml', ['text', 'json']), /one of text, json: current value is "xml"/)
  })
})

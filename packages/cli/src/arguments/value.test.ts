import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { choiceValue, listValue, portValue, secondsValue, sizeValue } from './value.ts'

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

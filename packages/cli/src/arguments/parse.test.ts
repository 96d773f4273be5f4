import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ExitError, exitCodes } from '../exit-code.ts'
import type { Flags } from './flag.ts'
import { parseArguments } from './parse.ts'

const flags = {
  'app-id': { type: 'string', description: '' },
  'resources-path': { type: 'string', multiple: true, aliases: ['components-path', 'components'], description: '' },
  component: { type: 'string', short: 'm', description: '' },
  option: { type: 'string', short: 'o', multiple: true, pair: true, description: '' },
  'no-stream': { type: 'boolean', description: '' },
} as const satisfies Flags

function parse(...words: string[]) {
  const { values, positionals } = parseArguments(flags, words)
  return { values: { ...values }, positionals }
}

function refusal(...words: string[]): string {
  try {
    parse(...words)
  } catch (error) {
    assert.ok(error instanceof ExitError)
    assert.equal(error.exitCode, exitCodes.usage)
    return error.message
  }
  return assert.fail('the words must be refused')
}

describe('parseArguments()', () => {
  for (const words of [['--app-id', 'x'], ['--app-id=x'], ['-app-id', 'x'], ['-app-id=x']]) {
    it(`reads ${words.join(' ')}`, () =>
      assert.deepEqual(parse(...words), { values: { 'app-id': 'x' }, positionals: [] }))
  }

  for (const words of [['-m', 'echo'], ['-mecho'], ['--component=echo']]) {
    it(`reads ${words.join(' ')}`, () => assert.deepEqual(parse(...words).values, { component: 'echo' }))
  }

  for (const words of [
    ['-o', 'a', '1', '--option', 'b', '2'],
    ['-o', 'a=1', '--option=b=2'],
  ]) {
    it(`reads pairs from ${words.join(' ')}`, () =>
      assert.deepEqual(parse(...words, 'hello'), { values: { option: ['a=1', 'b=2'] }, positionals: ['hello'] }))
  }

  it('leaves alone what is no pair', () => {
    assert.match(refusal('-o'), /must be followed by a value/)
    assert.match(refusal('-o', '--no-stream'), /looks like a flag/)
    assert.deepEqual(parse('-o', 'a').values, { option: ['a'] })
    assert.deepEqual(parse('--', '-o', 'a', '1').positionals, ['-o', 'a', '1'])
  })

  it('gathers a repeated flag under all its names, in order', () => {
    const { values } = parse('--resources-path', 'a', '--components-path=b', '-components', 'c')
    assert.deepEqual(values, { 'resources-path': ['a', 'b', 'c'] })
  })

  it('takes the last of a flag that may be given once', () => {
    assert.deepEqual(parse('--app-id', 'a', '--app-id', 'b').values, { 'app-id': 'b' })
  })

  it('reads switches with and without a value', () => {
    assert.deepEqual(parse('--no-stream').values, { 'no-stream': true })
    assert.deepEqual(parse('--no-stream=false').values, { 'no-stream': false })
    assert.deepEqual(parse('-no-stream=0').values, { 'no-stream': false })
    assert.deepEqual(parse('-no-stream=T').values, { 'no-stream': true })
    assert.match(refusal('--no-stream=maybe'), /must be true or false: current value is "maybe"/)
  })

  it('keeps positionals, a lone dash and everything after two dashes', () => {
    assert.deepEqual(parse('tell', '-', '--', '-app-id', '--what').positionals, ['tell', '-', '-app-id', '--what'])
  })

  it('keeps an empty value', () => assert.deepEqual(parse('--app-id=').values, { 'app-id': '' }))

  it('names the nearest flag for one that does not exist', () => {
    assert.match(refusal('--app-ids', 'x'), /^Unknown flag --app-ids: did you mean --app-id\?$/)
    assert.match(refusal('--resource-path=x'), /did you mean --resources-path\?$/)
    assert.match(refusal('--zzzzzz'), /^Unknown flag --zzzzzz: --help lists all$/)
    assert.match(refusal('--constructor'), /^Unknown flag --constructor/)
  })

  it('refuses a flag without its value', () => {
    assert.match(refusal('--app-id'), /--app-id: it must be followed by a value/)
    assert.match(refusal('--app-id', '--no-stream'), /write --app-id=--no-stream if it is the value/)
  })
})

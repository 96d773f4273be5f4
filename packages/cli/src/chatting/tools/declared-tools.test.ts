import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { declaredTools } from './declared-tools.ts'

const context = { signal: new AbortController().signal, toolCallId: 'call_1', step: 1, messages: [] }
const node = (script: string): [string, ...string[]] => [process.execPath, '-e', script]
const described = { name: 'upper', description: 'Makes a text upper case' }

describe('declaredTools()', () => {
  it('runs the program with the arguments on its stdin, and takes what it prints', async () => {
    const script = 'process.stdin.once("data", (data) => console.log(JSON.parse(data).text.toUpperCase()))'
    const [tool] = declaredTools({ tools: [{ ...described, command: node(script) }] })
    assert.equal(await tool?.execute({ text: 'abc' } as never, context), 'ABC')
    assert.equal(tool?.needsApproval, true)
    assert.deepEqual(tool?.parameters, { type: 'object' })
  })

  it('reads descriptions as OpenAI has them', () => {
    const parameters = { type: 'object', properties: { text: { type: 'string' } } }
    const [tool] = declaredTools([
      { type: 'function', function: { ...described, parameters }, command: ['x'], approval: false },
    ])
    assert.deepEqual([tool?.name, tool?.parameters, tool?.needsApproval], ['upper', parameters, false])
  })

  it('fails with what the program complains of', async () => {
    const [tool] = declaredTools([{ ...described, command: node('console.error("no such city"); process.exit(3)') }])
    await assert.rejects(async () => tool?.execute({} as never, context), /^Error: no such city$/)
    const [missing] = declaredTools([{ ...described, command: ['no-such-program-here'] }])
    await assert.rejects(async () => missing?.execute({} as never, context), /ENOENT/)
  })

  it('ends the program when the call is stopped', async () => {
    const stopping = new AbortController()
    const [tool] = declaredTools([{ ...described, command: node('setInterval(() => {}, 1000)') }])
    const run = tool?.execute({} as never, { ...context, signal: stopping.signal })
    stopping.abort()
    await assert.rejects(async () => run, /aborted/)
  })

  it('says what a declaration lacks', () => {
    assert.throws(() => declaredTools({}), /it must hold a list of tools/)
    assert.throws(() => declaredTools([{ name: 'x' }]), /tool "x" must have a name and a description/)
    assert.throws(() => declaredTools([described]), /tool "upper" must have a command/)
    assert.throws(() => declaredTools([{ ...described, command: 'ls' }]), /tool "upper" must have a command/)
  })
})

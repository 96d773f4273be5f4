import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { InvalidRequestError } from '../errors.ts'
import { tool } from './tool.ts'
import { ToolSet } from './tool-set.ts'

const named = (name: string) => tool({ name, description: 'Does it', input: { type: 'object' }, execute: () => 'done' })

test('a tool shows the model its schema, whatever it was written in', () => {
  const fromZod = tool({
    name: 'get_weather',
    description: 'Current weather',
    input: z.object({ location: z.string().describe('City') }),
    // The argument has the type of the schema.
    execute: ({ location }) => location.toUpperCase(),
  })
  assert.deepEqual(fromZod.parameters.properties, { location: { type: 'string', description: 'City' } })
  const schema = { type: 'object', properties: { location: { type: 'string' } } }
  const fromJson = tool({ name: 'f', description: 'd', input: schema, execute: ({ location }) => location })
  assert.deepEqual(fromJson.parameters, schema)
})

const wrong: readonly [what: string, options: object, message: RegExp][] = [
  ['a name with a space', { name: 'My Tool' }, /1 to 64 letters, digits, "_" or "-": current value is "My Tool"/],
  ['a name that is too long', { name: 'a'.repeat(65) }, /1 to 64/],
  ['no description', { description: ' ' }, /description must say what it does/],
  ['no code', { execute: undefined }, /execute must be a function/],
  ['no time', { timeoutMs: 0 }, /timeoutMs must be above 0/],
]

for (const [what, options, message] of wrong) {
  test(`a tool with ${what} is refused when it is made`, () => {
    const make = tool as (options: object) => unknown
    const right = { name: 'f', description: 'd', input: { type: 'object' }, execute: () => 1 }
    assert.throws(
      () => make({ ...right, ...options }),
      (error) => {
        return error instanceof InvalidRequestError && message.test(error.message)
      },
    )
  })
}

test('names that a lookup could not tell apart are refused', () => {
  assert.throws(() => new ToolSet([named('my_tool'), named('MyTool')]), /"my_tool" and "MyTool"/)
  assert.throws(() => new ToolSet([named('a-b'), named('a_b')]), InvalidRequestError)
})

test('the exact name is found first, then the nearest, and no other', () => {
  const tool = named('my_test_tool')
  const tools = new ToolSet([tool, { name: 'plain' }])
  assert.deepEqual(tools.find('my_test_tool'), { kind: 'run', tool, exact: true })
  assert.deepEqual(tools.find('MyTestTool'), { kind: 'run', tool, exact: false })
  assert.deepEqual(tools.find('plain'), { kind: 'leave' })
  assert.deepEqual(tools.find('my_test_tools'), { kind: 'unknown' })
  assert.deepEqual(tools.names, ['my_test_tool', 'plain'])
})

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { stripTypeScriptTypes } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'
import { codeFor } from './code.ts'

const target = { origin: 'http://127.0.0.1:3500', needsToken: false }

test('a question is one line for our client', () => {
  const code = codeFor('TypeScript', { model: 'gpt', messages: [{ role: 'user', content: "It's me" }] }, target)
  assert.match(code, /llm\.generateStream\('It\\'s me', \{ component: 'gpt' \}\)/)
})

test('our client has names of its own for what OpenAI names otherwise', () => {
  const body = {
    model: 'gpt/gpt-4.1-mini',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] },
    ],
    max_tokens: 50,
    top_p: 0.5,
  }
  const code = codeFor('TypeScript', body, target)
  for (const part of ["component: 'gpt'", "model: 'gpt-4.1-mini'", 'maxTokens: 50', 'parameters: { top_p: 0.5 }']) {
    assert.ok(code.includes(part), part)
  }
  assert.match(code, /\{ type: 'image', data: 'https:\/\/example\.com\/a\.png' \}/)
})

const bodies = fc.record({
  model: fc.constant('gpt'),
  messages: fc.array(fc.record({ role: fc.constantFrom('user', 'assistant'), content: fc.string({ unit: 'binary' }) })),
  seed: fc.option(fc.jsonValue(), { nil: undefined }),
  own: fc.jsonValue(),
})

test('whatever is said, the TypeScript can be parsed', () => {
  fc.assert(
    fc.property(bodies, (body) => {
      stripTypeScriptTypes(codeFor('TypeScript', body, target))
    }),
    { numRuns: 50 },
  )
})

test('whatever is said, a shell hands curl the same body', () => {
  fc.assert(
    fc.property(
      bodies.filter((body) => !JSON.stringify(body).includes('\\u0000')),
      (body) => {
        const code = codeFor('curl', body, target).replace(/^curl .*\\\n.*\\\n {2}-d /, "printf '%s' ")
        const sent = execFileSync('sh', ['-c', code], { encoding: 'utf8' })
        assert.deepEqual(JSON.parse(sent), JSON.parse(JSON.stringify({ ...body, stream: true })))
      },
    ),
    { numRuns: 15 },
  )
})

test('a sidecar with a token is asked with the token of the environment', () => {
  const body = { model: 'gpt', messages: [] }
  const wanting = { ...target, needsToken: true }
  assert.match(codeFor('curl', body, wanting), /-H "dapr-api-token: \$DAPR_API_TOKEN" \\\n/)
  assert.match(codeFor('Python', body, wanting), /^import os\n[\s\S]*api_key=os\.environ\["DAPR_API_TOKEN"\]/)
  assert.doesNotMatch(codeFor('curl', body, target) + codeFor('Python', body, target), /DAPR_API_TOKEN/)
})

test('Python gets its own words for truth and nothing, and unknown parameters in their place', () => {
  const body = { model: 'gpt', messages: [], parallel_tool_calls: false, stop: null, own: { yes: true } }
  const code = codeFor('Python', body, target)
  assert.match(code, /parallel_tool_calls=False,/)
  assert.match(code, /stop=None,/)
  assert.match(code, /extra_body=\{"own": \{"yes": True\}\},/)
})

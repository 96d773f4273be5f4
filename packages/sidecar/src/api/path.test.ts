import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parameterAfter, withoutDots } from './path.ts'

test('a parameter is decoded like a query', () => {
  for (const [url, name] of [
    ['/v1.0-alpha2/conversation/echo/converse', 'echo'],
    ['/v1.0-alpha2//conversation///a+b/converse/', 'a b'],
    ['/v1.0-alpha2/conversation/a%2Bb%20c/converse?x=/conversation/y', 'a+b c'],
    ['/v1.0-alpha2/conversation/a%2Fb/converse', 'a/b'],
    ['/v1.0-alpha2/conversation/conversation/converse', 'conversation'],
    ['/v1.0-alpha2/%63onversation/echo/converse', ''],
  ] as const) {
    assert.equal(parameterAfter('conversation', url), name, url)
  }
})

test('segments of dots are resolved, in the path alone', () => {
  for (const [url, cleaned] of [
    ['/v1.0/healthz', '/v1.0/healthz'],
    ['/v1.0/./healthz', '/v1.0/healthz'],
    ['/x/../v1.0/healthz?a=/../b', '/v1.0/healthz?a=/../b'],
    ['/../../v1.0/healthz/.', '/v1.0/healthz'],
    ['/v1.0/.hidden', '/v1.0/.hidden'],
    ['/v1.0/%2e%2e/healthz', '/v1.0/%2e%2e/healthz'],
  ] as const) {
    assert.equal(withoutDots(url), cleaned, url)
  }
})

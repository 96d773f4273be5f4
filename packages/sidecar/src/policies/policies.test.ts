import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Policies } from './policies.ts'
import { parseResiliencies } from './resource.ts'

function policiesOf(...specs: object[]): Policies {
  const files = specs.map((spec, index) =>
    parseResiliencies(
      JSON.stringify({ kind: 'Resiliency', metadata: { name: `r${index}` }, spec }),
      `${index}.yaml`,
    ).resources.flat(),
  )
  return new Policies(files.flat())
}

const target = (component: string, outbound?: object) => ({ components: { [component]: { outbound } } })

test('a component gets the policies that its target names', () => {
  const policies = policiesOf({
    policies: { timeouts: { t: '2s' }, retries: { r: { maxRetries: 1 } }, circuitBreakers: { c: {} } },
    targets: target('gpt', { timeout: 't', retry: 'r', circuitBreaker: 'c' }),
  })
  const found = policies.of('gpt')
  assert.deepEqual(found?.timeout, { name: 't', resource: 'r0', policy: 2_000 })
  assert.equal(found?.retry?.policy.maxRetries, 1)
  assert.equal(found?.circuitBreaker?.name, 'c')
  assert.equal(policies.of('gpt'), found, 'the same object each time')
  assert.equal(policies.of('other'), undefined)
  assert.deepEqual(policies.resources, ['r0'])
})

test('later resources win where names are the same', () => {
  const policies = policiesOf(
    { policies: { timeouts: { t: '1s', u: '5s' } }, targets: target('gpt', { timeout: 'u' }) },
    { policies: { timeouts: { t: '2s' } }, targets: target('gpt', { timeout: 't' }) },
  )
  assert.deepEqual(policies.of('gpt'), { timeout: { name: 't', resource: 'r1', policy: 2_000 } })
})

test('a name that does not exist counts as not given, with a warning that says where', () => {
  const policies = policiesOf({
    policies: { timeouts: { t: '1s' } },
    targets: target('gpt', { timeout: 't', retry: 'lost', circuitBreaker: 'lost' }),
  })
  assert.deepEqual(Object.keys(policies.of('gpt') ?? {}), ['timeout'])
  assert.deepEqual(policies.warnings, [
    'gpt: retry "lost" must be the name of a policy that could be loaded; the component goes without (0.yaml:1)',
    'gpt: circuitBreaker "lost" must be the name of a policy that could be loaded; the component goes without (0.yaml:1)',
  ])
})

test('a component that nobody targets gets the reserved defaults, the most specific first', () => {
  const timeouts = (...names: string[]) => ({
    policies: { timeouts: Object.fromEntries(names.map((name) => [`${name}TimeoutPolicy`, '1s'])) },
  })
  const names = [
    'DefaultConversationComponentOutbound',
    'DefaultComponentOutbound',
    'DefaultComponent',
    'Default',
  ] as const
  for (const [index, name] of names.entries()) {
    const policies = policiesOf(timeouts(...names.slice(index)))
    assert.equal(policies.of('gpt')?.timeout?.name, `${name}TimeoutPolicy`)
  }
  const others = policiesOf({
    policies: { retries: { DefaultRetryPolicy: {} }, circuitBreakers: { DefaultCircuitBreakerPolicy: {} } },
  })
  assert.deepEqual(Object.keys(others.of('gpt') ?? {}), ['retry', 'circuitBreaker'])
})

test('a component that is targeted gets no defaults, even where its target names nothing', () => {
  const policies = policiesOf({
    policies: { timeouts: { t: '1s' }, retries: { DefaultRetryPolicy: {} } },
    targets: { components: { gpt: { outbound: { timeout: 't' } }, bare: {} } },
  })
  assert.deepEqual(Object.keys(policies.of('gpt') ?? {}), ['timeout'])
  assert.equal(policies.of('bare'), undefined)
  assert.ok(policies.of('other')?.retry)
})

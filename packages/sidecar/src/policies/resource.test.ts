import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseResiliencies, type ResiliencyResource } from './resource.ts'

const head = 'apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: mine\n'

function read(spec: string): ResiliencyResource {
  const { resources, problems } = parseResiliencies(`${head}${spec}`, 'r.yaml')
  assert.deepEqual(problems, [])
  const [resource] = resources
  assert.ok(resource)
  return resource
}

function policies(...lines: string[]): ResiliencyResource {
  return read(`spec:\n  policies:\n${lines.map((line) => `    ${line}\n`).join('')}`)
}

test('a timeout is a Go duration, and a bare whole number counts milliseconds', () => {
  const { timeouts, warnings } = policies('timeouts:', '  a: 1m30s', '  b: 500', '  c: "500"', '  d: 1.5s', '  e:')
  assert.deepEqual(Object.fromEntries(timeouts), { a: 90_000, b: 500, c: 500, d: 1_500, e: 0 })
  assert.deepEqual(warnings, [])
})

test('a retry that says nothing is constant, every 5 s, for ever', () => {
  const { retries } = policies('retries:', '  plain: {}')
  assert.deepEqual(retries.get('plain'), {
    kind: 'constant',
    pauseMs: 5_000,
    maxPauseMs: 60_000,
    maxRetries: Number.POSITIVE_INFINITY,
  })
})

test('a retry with everything said', () => {
  const { retries, warnings } = policies(
    'retries:',
    '  r:',
    '    policy: exponential',
    '    maxInterval: 15s',
    '    maxRetries: 3',
    '    matching:',
    '      httpStatusCodes: "429, 500-599"',
    '      gRPCStatusCodes: 14',
  )
  assert.deepEqual(retries.get('r'), {
    kind: 'exponential',
    pauseMs: 5_000,
    maxPauseMs: 15_000,
    maxRetries: 3,
    httpStatusCodes: [
      [429, 429],
      [500, 599],
    ],
    grpcStatusCodes: [[14, 14]],
  })
  assert.deepEqual(warnings, [])
})

test('a circuit breaker that says nothing opens after six failures in a row, for a minute', () => {
  const breaker = policies('circuitBreakers:', '  cb: {}').circuitBreakers.get('cb')
  assert.ok(breaker)
  const { trip, ...rest } = breaker
  const condition = 'consecutiveFailures > 5'
  assert.deepEqual(rest, { maxRequests: 1, intervalMs: 0, timeoutMs: 60_000, condition })
  const counts = { requests: 6, totalSuccesses: 0, totalFailures: 6, consecutiveSuccesses: 0, consecutiveFailures: 5 }
  assert.equal(trip(counts), false)
  assert.equal(trip({ ...counts, consecutiveFailures: 6 }), true)
})

test('a trip condition may be any CEL over the counts, and is false where it cannot be evaluated', () => {
  const { circuitBreakers, warnings } = policies(
    'circuitBreakers:',
    '  share: { trip: "requests >= 4 && double(totalFailures) / double(requests) >= 0.5" }',
    '  odd: { trip: "totalSuccesses / totalFailures < 9" }',
  )
  assert.deepEqual(warnings, [])
  const counts = { requests: 4, totalSuccesses: 2, totalFailures: 2, consecutiveSuccesses: 0, consecutiveFailures: 1 }
  assert.equal(circuitBreakers.get('share')?.trip(counts), true)
  assert.equal(circuitBreakers.get('share')?.trip({ ...counts, requests: 5 }), false)
  assert.equal(circuitBreakers.get('odd')?.trip({ ...counts, totalFailures: 0 }), false)
})

const broken: Readonly<Record<string, readonly [lines: readonly string[], warning: RegExp]>> = {
  'a timeout that is no duration': [
    ['timeouts:', '  bad: soon', '  good: 1s'],
    /^Cannot load timeout "bad" from r\.yaml:8: spec\.policies\.timeouts\.bad must be a duration such as 30s, 1m30s or 500 \(milliseconds\): current value is "soon"$/,
  ],
  'a negative timeout': [['timeouts:', '  bad: -1s', '  good: 1s'], /r\.yaml:8: .*must be a duration/],
  'an unknown kind of retry': [
    ['retries:', '  bad: { policy: linear }', '  good: {}'],
    /^Cannot load retry "bad" from r\.yaml:8: .*policy must be constant or exponential: current value is "linear"$/,
  ],
  'a number of retries that is none': [
    ['retries:', '  bad: { maxRetries: few }', '  good: {}'],
    /maxRetries must be a whole number: current value is "few"$/,
  ],
  'codes beyond the range': [
    ['retries:', '  bad: { matching: { httpStatusCodes: "42,500" } }', '  good: {}'],
    /httpStatusCodes must list codes and ranges of codes from 100 to 599, separated by commas: current value is "42,500"$/,
  ],
  'a range that runs backwards': [
    ['retries:', '  bad: { matching: { gRPCStatusCodes: "8-1" } }', '  good: {}'],
    /gRPCStatusCodes must list/,
  ],
  'a policy that is no mapping': [['retries:', '  bad: 3', '  good: {}'], /retries\.bad must be a mapping/],
  'a condition that is no CEL': [
    ['circuitBreakers:', '  bad: { trip: "failures >" }', '  good: {}'],
    /^Cannot load circuit breaker "bad" from r\.yaml:8: .*trip must be a condition in CEL over requests, .*: current value is "failures >"$/,
  ],
  'a condition over unknown counts': [
    ['circuitBreakers:', '  bad: { trip: "failures > 3" }', '  good: {}'],
    /trip must be a condition in CEL/,
  ],
  'a condition that is a number': [
    ['circuitBreakers:', '  bad: { trip: "requests + 1" }', '  good: {}'],
    /its result is not true or false/,
  ],
}

for (const [what, [lines, warning]] of Object.entries(broken)) {
  test(`${what} is one warning, and the policies around it stay`, () => {
    const { timeouts, retries, circuitBreakers, warnings } = policies(...lines)
    assert.equal(warnings.length, 1, warnings.join('\n'))
    assert.match(warnings[0] ?? '', warning)
    assert.deepEqual([...timeouts.keys(), ...retries.keys(), ...circuitBreakers.keys()], ['good'])
  })
}

test('a section that is no mapping is one warning, and the other sections stay', () => {
  const { timeouts, warnings } = policies('retries: [1]', 'timeouts:', '  good: 1s')
  assert.deepEqual([...timeouts.keys()], ['good'])
  assert.deepEqual(warnings, [
    'Cannot load the retries from r.yaml:7: spec.policies.retries must be a mapping: current value is a list',
  ])
})

test('a misspelt field is named with the one that was meant, and fields are read without regard to case', () => {
  const { retries, warnings } = policies('retries:', '  r: { maxRetrys: 3, Duration: 1s }')
  assert.equal(retries.get('r')?.pauseMs, 1_000)
  assert.deepEqual(warnings, [
    'retry "r": "maxRetrys" is unknown and has no effect; did you mean "maxRetries"? (r.yaml:8)',
  ])
})

test('any document of a file counts, other kinds and what is no YAML are passed over', () => {
  const { resources, problems } = parseResiliencies(
    `kind: Component\nmetadata:\n  name: c\n---\n{ broken\n---\n${head}---\nkind: Resiliency\nmetadata:\n  name: other\n`,
    'r.yaml',
  )
  assert.deepEqual(problems, [])
  assert.deepEqual(
    resources.map(({ name, line }) => [name, line]),
    [
      ['mine', 10],
      ['other', 14],
    ],
  )
})

test('a resource that is broken as a whole is one problem with file and line', () => {
  const { resources, problems } = parseResiliencies(`${head}scopes: everyone\n`, 'r.yaml')
  assert.deepEqual(resources, [])
  assert.deepEqual(problems, [
    'Cannot load a Resiliency resource from r.yaml:5: scopes must be a list: current value is "everyone"',
  ])
})

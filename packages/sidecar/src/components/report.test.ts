import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NewsReport } from './report.ts'

test('a line that the load before said is not said again, and one that was not true for a while is', () => {
  const said: string[] = []
  const report = new NewsReport({
    info: (line) => void said.push(line),
    warn: (line) => void said.push(`! ${line}`),
  })
  for (const lines of [['a', 'b'], ['b', 'c'], ['a']]) {
    for (const line of lines) report.warn(line)
    report.info('always')
    report.again()
  }
  assert.deepEqual(said, ['! a', '! b', 'always', '! c', '! a'])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { providerContract } from '@dapr-chat/sidecar/testing'
import { runCommand } from '../tools/run-command.ts'
import { oracle } from './custom-provider.ts'

const knowsNothing = { missing: 'the oracle only talks' }

providerContract({
  definition: oracle,
  answer: () => 'Yes, and sooner than you think.',
  slowly: { pause: '1h' },
  differs: {
    reasoning: knowsNothing,
    refusals: knowsNothing,
    'tool calls': knowsNothing,
    'parallel tool calls': knowsNothing,
    'forced tool': knowsNothing,
    'structured output': knowsNothing,
    'images by bytes': knowsNothing,
    'images by address': knowsNothing,
    audio: knowsNothing,
    files: knowsNothing,
    'cached tokens': knowsNothing,
    'thinking tokens': knowsNothing,
    clocks: { missing: 'the oracle waits for nobody' },
  },
})

test('the example answers through a sidecar of its own', async () => {
  const { exitCode, output } = await runCommand(process.execPath, ['examples/custom-provider.ts'])
  assert.equal(output, 'Not before the next release.\n(5 tokens, native stream)\n')
  assert.equal(exitCode, 0)
})

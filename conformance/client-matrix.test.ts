/**
 * Our client with every kind of component, each asking a vendor that follows a script in its own wire: whole answers and
 * streams, with tools and without. What only one kind can do is proven elsewhere; here the program is the same for all.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ChatResult, DaprChatClient, type GenerateOptions, tool } from '@dapr-chat/client'
import {
  contracts,
  echoComponent,
  type Script,
  scriptedProvider,
  startSidecar,
  type TestComponent,
} from '@dapr-chat/sidecar/testing'
import * as z from 'zod'

const vendors = Object.entries(contracts).flatMap(([name, contract]) =>
  'wire' in contract ? [{ name, contract }] : [],
)

const getWeather = tool({
  name: 'get_weather',
  description: 'Current weather',
  input: z.object({ location: z.string() }),
  execute: ({ location }) => `Sunny in ${location}`,
})

const started = new AsyncDisposableStack()
let client: DaprChatClient

before(async () => {
  const components: TestComponent[] = []
  for (const { name, contract } of vendors) {
    const script: Script = ({ body }) => {
      const words = contract.wire()
      // Asked with the result, the vendor answers; asked with tools alone, it calls one.
      const asked = JSON.stringify(body)
      const calls = asked.includes('get_weather') && !asked.includes('Sunny in Oslo')
      const call = { id: 'call_1', name: 'get_weather', pieces: ['{"location":', '"Oslo"}'] }
      const output = calls ? words.calls([call]) : [words.text('Hello'), words.text(' from Oslo')]
      const reason = calls ? 'tool_calls' : 'stop'
      const end = words.finish({ reason, promptTokens: 3, completionTokens: 2 })
      return {
        headers: { 'content-type': words.contentType },
        body: Buffer.concat([...words.start(), ...output, ...end]),
      }
    }
    const { url } = started.use(await scriptedProvider(script))
    // Azure is a way of OpenAI's, and names itself behind the type.
    const [type = ''] = contract.definition.type.split(' ')
    components.push({ name, type, metadata: contract.metadata(url) })
  }
  const { http } = started.use(await startSidecar([echoComponent, ...components]))
  client = started.use(new DaprChatClient({ endpoint: { http }, retry: false }))
})

after(() => started.disposeAsync())

const ways = {
  'in whole': (options: GenerateOptions) => client.generate('Weather in Oslo?', options),
  'as a stream': async (options: GenerateOptions): Promise<ChatResult> => {
    const stream = client.generateStream('Weather in Oslo?', options)
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    const result = await stream.result
    assert.equal(text, result.text)
    assert.equal(await stream.mode, 'native')
    return result
  },
}

for (const [way, ask] of Object.entries(ways)) {
  for (const { name: component } of vendors) {
    test(`${component} answers ${way}`, async () => {
      const { text, finishReason, usage } = await ask({ component })
      assert.deepEqual([text, finishReason, usage?.total_tokens], ['Hello from Oslo', 'stop', 5])
    })

    test(`${component} answers ${way} with a tool that the client ran`, async () => {
      const { text, steps, stopReason } = await ask({ component, tools: [getWeather], maxSteps: 3 })
      assert.deepEqual([text, stopReason, steps.length], ['Hello from Oslo', 'complete', 2])
      const [ran] = steps[0]?.toolResults ?? []
      assert.deepEqual([ran?.content, ran?.isError], ['Sunny in Oslo', false])
    })
  }

  test(`echo answers ${way}, and calls what it is offered`, async () => {
    assert.equal((await ask({ component: 'echo' })).text, 'Weather in Oslo?')
    const { toolCalls, finishReason } = await ask({ component: 'echo', tools: [getWeather] })
    assert.deepEqual(
      [toolCalls[0]?.function, finishReason],
      [{ name: 'get_weather', arguments: 'location' }, 'tool_calls'],
    )
  })
}

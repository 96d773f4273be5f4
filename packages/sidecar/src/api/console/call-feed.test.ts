import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { callOf, eventsOf } from '../../../testing/index.ts'
import { CallBook } from '../../observability/call-book.ts'
import { KeepAlive } from '../../server/keep-alive.ts'
import { CallFeed } from './call-feed.ts'

const component = {
  name: 'gpt',
  type: 'conversation.openai',
  provider: 'openai',
  model: undefined,
  endpoint: undefined,
}

/** A feed behind a server of its own, and one page that reads it. */
async function startFeed() {
  const book = new CallBook({ priceOf: () => 0.25, contents: undefined, reportInternal: assert.ifError })
  const feed = new CallFeed(book, new KeepAlive(0))
  const server = createServer((_request, response) => assert.ok(feed.open(response, () => true)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const [page] = (await once(get({ port: (server.address() as AddressInfo).port }), 'response')) as [IncomingMessage]
  let text = ''
  page.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  return {
    book,
    /** Ends the feed and says what the page was told. */
    async told(): Promise<{ type: string; call?: { state: string; costUsd?: number } }[]> {
      feed.close()
      await once(page, 'end')
      server.close()
      return eventsOf(text).map(({ data }) => JSON.parse(data))
    },
  }
}

test('CallFeed tells of a call that is over at once only how it ended, with what it cost', async () => {
  const { book, told } = await startFeed()
  const record = book.begin(callOf(), component)
  record.read([{ type: 'finish', choice: 0, reason: 'stop' }])
  book.end(record)
  const events = await told()
  assert.deepEqual(
    events.map(({ type, call }) => [type, call?.state, call?.costUsd]),
    [['call', 'succeeded', 0.25]],
  )
})

test('CallFeed leaves out what is too much at once, and says so', async () => {
  const { book, told } = await startFeed()
  for (let i = 0; i < 600; i++) book.begin(callOf(), component)
  const events = await told()
  assert.deepEqual([events.length, events.at(-1)?.type], [501, 'reload'])
})

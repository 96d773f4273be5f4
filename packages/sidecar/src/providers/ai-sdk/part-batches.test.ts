import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PartBatches } from './part-batches.ts'

/** A stream whose parts go through some stages, as those of the packages do. */
function staged<T>(source: ReadableStream<T>): ReadableStream<T> {
  return source.pipeThrough(new TransformStream()).pipeThrough(new TransformStream())
}

test('PartBatches gives out together what arrived together', async () => {
  const { promise: later, resolve: release } = Promise.withResolvers<void>()
  const batches = new PartBatches(
    staged(
      new ReadableStream<number>({
        async start(controller) {
          for (const part of [1, 2, 3]) controller.enqueue(part)
          await later
          for (const part of [4, 5]) controller.enqueue(part)
          controller.close()
        },
      }),
    ),
  )
  assert.deepEqual(await batches.next(), [1, 2, 3])
  const next = batches.next()
  release()
  assert.deepEqual(await next, [4, 5])
  assert.equal(await batches.next(), undefined)
})

test('PartBatches gives out the parts before a failure first', async () => {
  const batches = new PartBatches(
    new ReadableStream<number>({
      pull(controller) {
        controller.enqueue(1)
        controller.error(new Error('broken'))
      },
    }),
  )
  // An error of the stream itself throws away what is queued; nothing is given out twice or made up.
  await assert.rejects(async () => {
    for (let batch = await batches.next(); batch; batch = await batches.next()) assert.deepEqual(batch, [1])
  }, /broken/)
})

test('PartBatches reads no further than it is asked', async () => {
  let pulled = 0
  const batches = new PartBatches(
    new ReadableStream<number>(
      {
        async pull(controller) {
          // One part in each turn of the event loop.
          await new Promise((resolve) => setImmediate(resolve))
          controller.enqueue(pulled++)
        },
      },
      { highWaterMark: 0 },
    ),
  )
  await batches.next()
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.ok(pulled <= 3, `${pulled} parts`)
  batches.cancel()
})

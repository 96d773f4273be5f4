import type { Histogram, Meter } from '@opentelemetry/api'
import { histogram } from './names.ts'

/** The histograms of a client. */
export type Instruments = Readonly<Record<keyof typeof histogram, Histogram>>

/** Makes them, with the boundaries of the conventions as advice to the SDK. */
export function createInstruments(meter: Meter): Instruments {
  const create = ({ name, unit, boundaries }: (typeof histogram)[keyof typeof histogram]) =>
    meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries: [...boundaries] } })
  return {
    duration: create(histogram.duration),
    timeToFirstChunk: create(histogram.timeToFirstChunk),
    timePerOutputChunk: create(histogram.timePerOutputChunk),
    tokens: create(histogram.tokens),
  }
}

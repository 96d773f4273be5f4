/**
 * What a Configuration says in `spec.metrics` beyond switching the figures off: bounds of latencies, labels of HTTP calls,
 * and rules that rewrite labels. Read as daprd reads it (its `pkg/config/configuration.go`, `pkg/diagnostics`).
 */
import type { Path, YamlDocument } from '../components/document.ts'
import { type Replacement, readRegex, readReplacement } from './go-regex.ts'
import { type PathPattern, readPathPattern } from './path-pattern.ts'

/** A rule: what matches in a label's value is replaced, in order. */
export interface LabelRule {
  /** The figure, by its name in Prometheus, with or without the prefix `dapr_`. */
  readonly figure: string
  readonly label: string
  readonly rewrites: readonly LabelRewrite[]
}

/** One step of a rule. */
export interface LabelRewrite {
  /** Finds every match. */
  readonly pattern: RegExp
  readonly replacement: Replacement
}

/** The labels of calls over HTTP. */
export interface HttpLabels {
  /** Whether a path that no pattern is for is a label all the same, and the count of answers a figure of its own. */
  readonly increasedCardinality: boolean
  /** Paths that match one of these have its text as their label. */
  readonly pathMatching: readonly PathPattern[]
  /** Whether the method is no label. */
  readonly excludeVerbs: boolean
}

/** What daprd does where nothing is said. */
export const defaultHttpLabels: HttpLabels = { increasedCardinality: true, pathMatching: [], excludeVerbs: false }

/** The fields that are followed; daprd's others are about what a conversation has not. */
const FOLLOWED = ['enabled', 'recordErrorCodes', 'latencyDistributionBuckets', 'rules', 'http']
const FOLLOWED_HTTP = ['increasedCardinality', 'pathMatching', 'excludeVerbs']

/**
 * The bounds, in milliseconds and ascending; nothing where the list is empty.
 * @throws DocumentError where they are not.
 */
export function readLatencyBuckets(document: YamlDocument, path: Path): number[] | undefined {
  const length = document.count(...path)
  const bounds = Array.from({ length }, (_, index) => {
    const value = document.at(...path, index)
    const bound = typeof value === 'bigint' ? Number(value) : Number.NaN
    if (!(Number.isSafeInteger(bound) && bound >= 0)) {
      throw document.error([...path, index], 'must be a whole number of milliseconds')
    }
    return bound
  })
  const stepBack = bounds.findIndex((bound, index) => index > 0 && bound <= (bounds[index - 1] ?? 0))
  if (stepBack !== -1) throw document.error([...path, stepBack], 'must be larger than the bound before it')
  // Nothing takes less than no time: daprd's library drops such a bound too.
  const useful = bounds.filter((bound) => bound > 0)
  return useful.length === 0 ? undefined : useful
}

/**
 * Reads `spec.metrics.http`.
 * @throws DocumentError where a field is not what it must be.
 */
export function readHttpLabels(document: YamlDocument, path: Path): HttpLabels {
  const flag = (name: 'increasedCardinality' | 'excludeVerbs') =>
    document.at(...path, name) === undefined ? defaultHttpLabels[name] : document.flag(...path, name)
  const patterns = [...path, 'pathMatching']
  return {
    increasedCardinality: flag('increasedCardinality'),
    pathMatching: Array.from({ length: document.count(...patterns) }, (_, index) =>
      readPathPattern(document, [...patterns, index]),
    ),
    excludeVerbs: flag('excludeVerbs'),
  }
}

/**
 * Reads `spec.metrics.rules`.
 * @throws DocumentError where a field is not what it must be, a regular expression above all.
 */
export function readLabelRules(document: YamlDocument, path: Path): LabelRule[] {
  return Array.from({ length: document.count(...path) }, (_, index) => {
    const rule = [...path, index]
    const figure = document.text(...rule, 'name')
    if (figure === '') throw document.error([...rule, 'name'], 'must be the name of a figure')
    const labels = [...rule, 'labels']
    return Array.from({ length: document.count(...labels) }, (_, label) =>
      readLabel(document, [...labels, label], figure),
    )
  }).flat()
}

function readLabel(document: YamlDocument, path: Path, figure: string): LabelRule {
  const label = document.text(...path, 'name')
  if (label === '') throw document.error([...path, 'name'], 'must be the name of a label')
  const regex = document.at(...path, 'regex') ?? {}
  if (typeof regex !== 'object' || Array.isArray(regex)) {
    throw document.error([...path, 'regex'], 'must be a mapping from what is written to what it is written for')
  }
  return {
    figure,
    label,
    rewrites: Object.keys(regex).map((replacement) => ({
      pattern: readRegex(document, [...path, 'regex', replacement]),
      replacement: readReplacement(replacement),
    })),
  }
}

/** The fields of the section that are not followed, by their paths within `spec`. */
export function passedOverMetrics(document: YamlDocument, section: 'metric' | 'metrics'): string[] {
  const others = (path: Path, followed: readonly string[]) => {
    const value = document.at('spec', ...path)
    const names = typeof value === 'object' && value !== null ? Object.keys(value) : []
    const known = new Set(followed.map((name) => name.toLowerCase()))
    return names.filter((name) => !known.has(name.toLowerCase())).map((name) => [...path, name].join('.'))
  }
  return [...others([section], FOLLOWED), ...others([section, 'http'], FOLLOWED_HTTP)]
}

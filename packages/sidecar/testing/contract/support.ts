/**
 * What a component can do, as data: the contract's tests read it to know what to expect, and the documents are
 * generated from it. What is not said to differ works, and the tests prove it.
 */

/** How a component stands to a feature it does not have as its own. */
export type Difference =
  /** The component brings it about by other means; the same test passes. */
  | { readonly emulated: string }
  /** The wish, or the report, is passed on; what comes of it is the server's. The same test passes. */
  | { readonly passedOn: string }
  /** A request that asks for it is refused before anything is sent. */
  | { readonly refused: string }
  /** There is nothing to ask and nothing to refuse: the vendor, or its wire, does not have it. */
  | { readonly missing: string }

/** Whether a component has a feature, and if not, why. */
export interface Support {
  readonly state: 'yes' | 'emulated' | 'passed on' | 'refused' | 'missing'
  /** Empty where the state is `yes`. */
  readonly reason: string
}

/** A feature, and what proves it. */
interface FeatureRow {
  /** The file in `testing/contract` that holds the tests. */
  readonly file: 'answers.ts' | 'features.ts' | 'flow.ts' | 'failures.ts'
  /** The tests' names, without the component's type in front; `…` stands for what varies. */
  readonly tests: readonly string[]
}

/** The features, in the order in which documents list them. */
export const features = {
  text: {
    file: 'flow.ts',
    tests: [
      'a token is not held back until the next one comes',
      'a caller who does not read stops the provider, and one who reads again gets everything',
    ],
  },
  reasoning: { file: 'answers.ts', tests: ['delivers thinking beside the text'] },
  refusals: { file: 'features.ts', tests: ['streams a refusal'] },
  'tool calls': {
    file: 'features.ts',
    tests: ['sends the definition of a tool', 'gives a tool call without arguments an empty object'],
  },
  'parallel tool calls': {
    file: 'answers.ts',
    tests: ['delivers parallel tool calls with indexes, ids and arguments'],
  },
  'forced tool': { file: 'features.ts', tests: ['forces one tool', 'forces some tool', 'forbids tools'] },
  'structured output': { file: 'features.ts', tests: ['asks for an answer that fits a JSON schema'] },
  'images by bytes': { file: 'features.ts', tests: ['takes an image by its bytes'] },
  'images by address': { file: 'features.ts', tests: ['takes an image by its address'] },
  audio: { file: 'features.ts', tests: ['takes a recording'] },
  files: { file: 'features.ts', tests: ['takes a PDF'] },
  'token counts': {
    file: 'features.ts',
    tests: ['reports the last of several counts of tokens'],
  },
  'cached tokens': { file: 'features.ts', tests: ['tells how many tokens the vendor had cached'] },
  'thinking tokens': { file: 'features.ts', tests: ['tells how many tokens went into thinking'] },
  cancel: {
    file: 'flow.ts',
    tests: [
      'a caller who leaves while it waits … takes the connection along',
      'a loop that is left takes the connection along',
    ],
  },
  clocks: {
    file: 'failures.ts',
    tests: ['gives up when the clock … runs out', 'gives up on a provider that sends no headers'],
  },
} as const satisfies Readonly<Record<string, FeatureRow>>

/** The name of a feature. */
export type Feature = keyof typeof features

/** The features of a component that are not simply there. */
export type Differences = Readonly<Partial<Record<Feature, Difference>>>

/** How a component with these differences stands to a feature. */
export function supportOf(differences: Differences, feature: Feature): Support {
  const difference = differences[feature]
  if (!difference) return { state: 'yes', reason: '' }
  if ('emulated' in difference) return { state: 'emulated', reason: difference.emulated }
  if ('passedOn' in difference) return { state: 'passed on', reason: difference.passedOn }
  if ('refused' in difference) return { state: 'refused', reason: difference.refused }
  return { state: 'missing', reason: difference.missing }
}

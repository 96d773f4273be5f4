/**
 * What the mock provider is to answer. It travels inside the prompt, because the prompt is what every server under test
 * hands on unchanged, whatever its API.
 */

/** An answer to order. */
export interface Script {
  /** How many tokens; each is a chunk of its own where the answer streams. */
  readonly tokens: number
  /** The pause before each token but the first, in milliseconds; 0 sends everything at once. */
  readonly everyMs: number
}

/** The prompt that orders an answer. */
export function writePrompt({ tokens, everyMs }: Script): string {
  return `Answer with tokens=${tokens} every=${everyMs} please.`
}

/** Finds the order in a request's body, whatever the body looks like. */
export function readPrompt(body: string): Script {
  const [, tokens = '1', everyMs = '0'] = /tokens=(\d+) every=(\d+)/.exec(body) ?? []
  return { tokens: Number(tokens), everyMs: Number(everyMs) }
}

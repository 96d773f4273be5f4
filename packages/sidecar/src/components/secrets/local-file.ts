/**
 * Secrets from a JSON file: `secretstores.local.file`. The file is read once, when the store is opened. What stands
 * in it never becomes part of a message: the parser's own messages quote the text, and are replaced.
 */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { defineSecretStore } from './secret-store.ts'

type Values = ReadonlyMap<string, string>

export const localFile = defineSecretStore({
  type: 'secretstores.local.file',
  settings: {
    secretsFile: { type: 'string', description: 'The path of the JSON file, from the working directory.' },
    nestedSeparator: { type: 'string', default: ':', description: 'What joins the keys of nested objects.' },
    multiValued: { type: 'boolean', default: false, description: 'Whether a key of the file is a whole secret.' },
  },
  async open({ secretsFile, nestedSeparator, multiValued }, { signal }) {
    if (secretsFile === undefined) {
      throw new Error('missing local secrets file in metadata: "secretsFile" must be set: current value is empty')
    }
    const root = await readObject(secretsFile, signal)
    const secrets = multiValued ? manyValued(root, nestedSeparator) : singleValued(root, nestedSeparator)
    return { get: async ({ name }) => secrets.get(name) }
  },
})

async function readObject(secretsFile: string, signal: AbortSignal): Promise<object> {
  const subject = `the secrets file "${secretsFile}"`
  const text = await readFile(resolve(secretsFile), { encoding: 'utf8', signal }).catch((cause: Error) => {
    throw new Error(`${subject} must be a file that can be read: ${cause.message}`)
  })
  let root: unknown
  try {
    // Some editors write a byte order mark.
    root = JSON.parse(text.replace(/^\uFEFF/, ''), numbersAsWritten as (key: string, value: unknown) => unknown)
  } catch (error) {
    const position = /\(line \d+ column \d+\)/.exec(error instanceof Error ? error.message : '')?.[0]
    throw new Error(`${subject} must hold valid JSON${position === undefined ? '' : ` ${position}`}`)
  }
  if (typeof root === 'object' && root !== null && !Array.isArray(root)) return root
  throw new Error(`${subject} must hold a JSON object`)
}

/** A number keeps all its digits: account numbers and the like have more of them than a double. */
function numbersAsWritten(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === 'number' ? context.source : value
}

/** Each value of the file is a secret of its own, under the way to it. */
function singleValued(root: object, separator: string): ReadonlyMap<string, Values> {
  return new Map(Array.from(flatten(root, separator), ([path, value]) => [path, new Map([[path, value]])]))
}

/** Each key of the file is a secret: an object with a value for each of its own, a text with one. */
function manyValued(root: object, separator: string): ReadonlyMap<string, Values> {
  const secrets = new Map<string, Values>()
  for (const [name, member] of Object.entries(root)) {
    if (typeof member !== 'object') secrets.set(name, new Map([[name, String(member)]]))
    else if (member !== null && !Array.isArray(member)) secrets.set(name, flatten(member, separator))
  }
  return secrets
}

/** Objects by their keys and lists by their indexes, down to plain values, which become text; null is an empty one. */
function flatten(root: object, separator: string): Values {
  const values = new Map<string, string>()
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) visit(member, `${path}${separator}${key}`)
    } else if (values.has(path)) {
      throw new Error(`the secrets file must hold each secret once: "${path}" can be read in two ways`)
    } else {
      values.set(path, String(value ?? ''))
    }
  }
  for (const [key, member] of Object.entries(root)) visit(member, key)
  return values
}

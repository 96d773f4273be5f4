/**
 * The secrets of one component, looked up: each `secretKeyRef` of its manifest replaced by the value. What cannot be had
 * becomes a warning of the manifest, said when the component is created, and the value stays what it was (as in daprd).
 */
import type { MetadataEntry, SecretReference } from '../entry.ts'
import type { ComponentManifest } from '../manifest.ts'
import { withinInitTimeout } from './init-timeout.ts'
import type { SecretStore } from './secret-store.ts'

/** A value, or why it cannot be had. */
type Answer = { readonly value: string } | { readonly problem: string }

/**
 * The manifest with its secrets in place, waiting for no store any more. Each secret is asked for once, and all of them
 * together may take the component's `initTimeout`.
 */
export async function fillSecrets(manifest: ComponentManifest, store: SecretStore): Promise<ComponentManifest> {
  const { secretStore = '', ...rest } = manifest
  const secrets = new Map<string, Promise<ReadonlyMap<string, string> | undefined>>()
  const late = new Error(`it did not answer within ${manifest.initTimeoutMs} ms (initTimeout)`)
  const began = performance.now()

  const secretOf = (name: string): Promise<ReadonlyMap<string, string> | undefined> => {
    const known = secrets.get(name)
    if (known) return known
    const left = Math.max(0, manifest.initTimeoutMs - (performance.now() - began))
    const secret = withinInitTimeout(left, late, (signal) => store.get({ name, namespace: manifest.namespace, signal }))
    secrets.set(name, secret)
    return secret
  }

  const answerFor = async (reference: SecretReference): Promise<Answer> => {
    try {
      const values = await secretOf(reference.name)
      const value = values?.get(reference.key)
      if (values === undefined) return { problem: must('name a secret that the store has', reference.name) }
      if (value === undefined) {
        return { problem: must(`name a key that the secret "${reference.name}" has`, reference.key) }
      }
      return value === '' ? { problem: must('name a secret that is not empty', reference.name) } : { value }
    } catch (error) {
      return { problem: `cannot be looked up: ${error instanceof Error ? error.message : String(error)}` }
    }
  }

  const warnings: string[] = []
  const metadata: MetadataEntry[] = []
  for (const { secretKeyRef, ...entry } of manifest.metadata) {
    const answer = secretKeyRef && (await answerFor(secretKeyRef))
    if (answer === undefined) metadata.push(entry)
    else if ('value' in answer) metadata.push({ ...entry, value: answer.value, unset: [], fromSecretStore: true })
    else {
      metadata.push(entry)
      const kept = entry.value === '' ? 'the value stays empty' : 'the value in the file holds'
      warnings.push(
        `${manifest.name}: secretKeyRef of metadata "${entry.name}" (store "${secretStore}") ${answer.problem}; ${kept} (${manifest.file}:${entry.line})`,
      )
    }
  }
  return { ...rest, metadata, warnings: [...manifest.warnings, ...warnings] }
}

function must(hold: string, current: string): string {
  return `must ${hold}: current value is ${JSON.stringify(current)}`
}

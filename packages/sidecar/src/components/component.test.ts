import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineProvider } from '../providers/provider.ts'
import { createComponent } from './component.ts'
import { parseManifests } from './manifest.ts'

test('the operator is told once of each kind of thing that a component leaves out of requests', () => {
  const provider = defineProvider({
    type: 'conversation.parrot',
    description: 'Warns.',
    settings: {},
    create(_, { warn }) {
      warn('user', 'the parameter "user" is left out')
      warn('seed', 'the setting seed is left out')
      warn('user', 'the parameter "user" is left out again')
      return { async *converse() {}, close: async () => {} }
    },
  })
  const resource = {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'polly' },
    spec: { type: provider.type, version: 'v1' },
  }
  const [manifest] = parseManifests(JSON.stringify(resource), 'p.yaml', { environment: {}, appId: 'a' }).manifests
  assert.ok(manifest)
  const told: string[] = []
  createComponent(manifest, {
    assemble: (creation) => creation.provider.converse,
    environment: {},
    report: { info: () => {}, warn: (message) => told.push(message) },
    providers: [provider],
  })
  assert.deepEqual(told, [
    'polly: the parameter "user" is left out; this is told once',
    'polly: the setting seed is left out; this is told once',
  ])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YamlDocument } from './document.ts'
import { unknownFields } from './unknown-fields.ts'

const lines = (text: string) =>
  unknownFields(new YamlDocument(text, 1)).map(({ line, message }) => `${line}: ${message}`)

test('misspelt fields are told with their line and the nearest right one', () => {
  const text = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: gpt
  namespce: prod
spec:
  type: conversation.openai
  verson: v1
  color: blue
  metadata:
    - name: key
      secretKeyRef:
        nmae: openai
    - name: model
      valeu: gpt-5
auth:
  secretStor: vault
scope: [shop]
`
  assert.deepEqual(lines(text), [
    '18: the field "scope" is unknown and has no effect; did you mean "scopes"?',
    '5: metadata: the field "namespce" is unknown and has no effect; did you mean "namespace"?',
    '8: spec: the field "verson" is unknown and has no effect; did you mean "version"?',
    '9: spec: the field "color" is unknown and has no effect',
    '15: spec.metadata: the field "valeu" is unknown and has no effect; did you mean "value"?',
    '13: spec.metadata.secretKeyRef: the field "nmae" is unknown and has no effect; did you mean "name"?',
    '17: auth: the field "secretStor" is unknown and has no effect; did you mean "secretStore"?',
  ])
})

test('what Kubernetes adds to a resource is nobody’s slip, and a sound document has nothing to tell', () => {
  const text = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: gpt, namespace: prod, labels: {a: b}, annotations: {c: d}, resourceVersion: "1", uid: x}
spec: {type: conversation.echo, version: v1, ignoreErrors: true, initTimeout: 5s, metadata: [{name: delay, value: 1ms}]}
auth: {secretStore: vault}
scopes: [shop]
status: {}
`
  assert.deepEqual(lines(text), [])
})

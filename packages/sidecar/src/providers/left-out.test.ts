import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '@dapr-chat/protocol'
import { leftOut, tellOfDetail, tellOfNames } from './left-out.ts'

/** The kinds and texts that the operator is told. */
function told(tell: (warn: (kind: string, message: string) => void) => void): string[] {
  const lines: string[] = []
  tell((kind, message) => lines.push(`${kind}: ${message}`))
  return lines
}

const text = [{ type: 'text' as const, text: 'Hi' }]
const image = (detail?: 'auto' | 'high'): Message => ({
  role: 'user',
  content: [{ type: 'image', source: { url: 'https://a.example/b.png' }, ...(detail && { detail }) }],
})

test('a parameter that is left out is told by its name', () => {
  assert.deepEqual(
    told((warn) => leftOut('user', warn)),
    ['user: the parameter "user" is left out of requests: the vendor has nothing like it'],
  )
})

test('names of participants are told, and the names of tools are none', () => {
  const plain: Message[] = [
    { role: 'user', content: text },
    { role: 'tool', content: text, toolCallId: 'a', name: 'now' },
  ]
  assert.deepEqual(
    told((warn) => tellOfNames(plain, warn)),
    [],
  )
  assert.deepEqual(
    told((warn) => tellOfNames([...plain, { role: 'user', content: text, name: 'ada' }], warn)),
    ['name: the names of participants are left out of requests: the vendor has nothing like them'],
  )
})

test('the detail of an image is told, unless it is the one that every vendor chooses itself', () => {
  assert.deepEqual(
    told((warn) => tellOfDetail([image(), image('auto')], warn)),
    [],
  )
  assert.deepEqual(
    told((warn) => tellOfDetail([image('high')], warn)),
    ['detail: the detail of images is left out of requests: the vendor has nothing like it'],
  )
})

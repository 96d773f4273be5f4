import assert from 'node:assert/strict'
import { test } from 'node:test'
import { providers } from '../providers/registry.ts'
import { providerName } from './provider-name.ts'

test('each kind of component has the name that the conventions have for who runs its models', () => {
  assert.deepEqual(Object.fromEntries(providers.map(({ type }) => [type, providerName(type, {})])), {
    'conversation.anthropic': 'anthropic',
    'conversation.aws.bedrock': 'aws.bedrock',
    'conversation.deepseek': 'deepseek',
    'conversation.echo': 'echo',
    'conversation.googleai': 'gcp.gemini',
    'conversation.huggingface': 'huggingface',
    'conversation.mistral': 'mistral_ai',
    'conversation.ollama': 'ollama',
    'conversation.openai': 'openai',
  })
  assert.equal(providerName('conversation.openai', { apiType: 'Azure' }), 'azure.ai.openai')
  assert.equal(providerName('conversation.mine', {}), 'mine')
})

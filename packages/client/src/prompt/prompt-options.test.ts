import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Prompt } from './prompt.ts'
import type { PromptOptions } from './prompt-options.ts'

const city = { type: 'object', properties: { city: { type: 'string', description: 'Where' } }, required: ['city'] }

const cases: readonly [name: string, frontMatter: string, expected: PromptOptions][] = [
  ['nothing', 'name: x', {}],
  ['a model by name', 'model: gpt-4o', { model: 'gpt-4o' }],
  [
    "the present format's options",
    'model: {id: m, provider: openai, options: {temperature: 0, maxOutputTokens: 9, topP: 0.5, seed: 1, stopSequences: [a], additionalProperties: {min_p: 0.1}}}',
    { model: 'm', temperature: 0, maxTokens: 9, parameters: { top_p: 0.5, seed: 1, stop: ['a'], min_p: 0.1 } },
  ],
  [
    "the former format's parameters",
    'model: {configuration: {type: azure_openai}, parameters: {max_tokens: 9, top_p: 0.5, stream: true, tool_choice: {type: function, function: {name: f}}, response_format: {type: json_object}, tools: [{type: function, function: {name: f, parameters: {type: object}}}]}}',
    {
      maxTokens: 9,
      toolChoice: { tool: 'f' },
      responseFormat: { type: 'json_object' },
      tools: [{ name: 'f', parameters: { type: 'object' } }],
      parameters: { top_p: 0.5 },
    },
  ],
  [
    'tools with properties',
    'tools: [{name: f, kind: function, description: d, strict: true, parameters: [{name: city, kind: string, description: Where, required: true}]}, {name: g, kind: function}]',
    { tools: [{ name: 'f', description: 'd', strict: true, parameters: city }, { name: 'g' }] },
  ],
  [
    'outputs as the shape of the answer',
    'name: My prompt\noutputs: {points: {kind: array, items: {kind: float}}, mood: {kind: string, enumValues: [a]}, who: {kind: object, properties: {age: integer}}}',
    {
      responseFormat: {
        type: 'json_schema',
        json_schema: {
          name: 'My_prompt',
          schema: {
            type: 'object',
            properties: {
              points: { type: 'array', items: { type: 'number' } },
              mood: { type: 'string', enum: ['a'] },
              who: { type: 'object', properties: { age: { type: 'integer' } } },
            },
          },
        },
      },
    },
  ],
  ['no shape of the former format, where outputs only describe', 'outputs: {score: {type: string}}', {}],
]

for (const [name, frontMatter, expected] of cases) {
  test(`a prompt brings ${name}`, () => {
    assert.deepEqual(Prompt.parse(`---\n${frontMatter}\n---\nHi`).options, expected)
  })
}

const refusals: readonly [name: string, frontMatter: string, expected: RegExp][] = [
  [
    'a temperature that is no number',
    'model: {options: {temperature: warm}}',
    /temperature must be a number: current value is warm/,
  ],
  ['options that are a list', 'model: {options: [1]}', /the options of the model must be a mapping/],
  [
    'a tool that is no function',
    'tools: [{name: f, kind: mcp}]',
    /the kind of a tool must be function: current value is mcp/,
  ],
  ['a tool without a name', 'tools: [{kind: function}]', /every tool must have a name/],
  [
    'a property of an unknown kind',
    'tools: [{name: f, kind: function, parameters: {a: {kind: date}}}]',
    /tool "f", property "a": its kind must be one of .*: current value is date/,
  ],
  [
    'a tool choice that is none',
    'model: {options: {tool_choice: 5}}',
    /tool_choice must be auto, none, required or a function: current value is 5/,
  ],
]

for (const [name, frontMatter, expected] of refusals) {
  test(`a prompt refuses ${name}`, () => {
    assert.throws(() => Prompt.parse(`---\n${frontMatter}\n---\nHi`), { code: 'prompt_template', message: expected })
  })
}

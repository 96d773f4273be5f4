/** Tools: what echo calls, what comes back of calls and their answers, and what a tool choice may be. */
import type { CaseGroup } from '../case.ts'
import { answered, echoed, hello, helloAnswer, input, refused, said, tool } from './make.ts'

const called = (id: string, name: string, args: string) => ({ id, function: { name, arguments: args } })
const echoCall = echoed('hello', 1, [['0', 'f', 'x']])
const choices = "ust be 'auto', 'none', 'required', or a specific tool name matching the tools available to be used"

const invalid = (reason: string) => ({
  errorCode: 'ERR_CONVERSATION_INVALID_PARMS',
  message: `failed conversing with component echo: invalid params: ${reason}`,
})
const invoke = (reason: string) => ({
  errorCode: 'ERR_CONVERSATION_INVOKE',
  message: `failed conversing with component echo: ${reason}`,
  status: 500,
  code: 13,
})

/** Definitions, calls and answers. */
export const tools: CaseGroup = {
  title: 'Tools',
  cases: [
    ...answered(
      'tools: properties are sorted',
      'alpha2',
      {
        ...input({ ofUser: said('hello echo') }),
        tools: [tool('myfunc', ['unit', 'name', 'location'])],
      },
      echoed('hello echo', 2, [['0', 'myfunc', 'location,name,unit']]),
    ),
    ...answered(
      'tools: two of them, one without parameters',
      'alpha2',
      {
        ...input({ ofUser: said('hi') }),
        tools: [tool('a'), tool('b', ['x'])],
      },
      echoed('hi', 1, [
        ['0', 'a', ''],
        ['1', 'b', 'x'],
      ]),
    ),
    ...answered(
      'tools: the same name twice',
      'alpha2',
      {
        ...hello,
        tools: [tool('a'), tool('a')],
      },
      echoed('hello', 1, [
        ['0', 'a', ''],
        ['1', 'a', ''],
      ]),
    ),
    ...answered(
      'tools: one without a function is passed over',
      'alpha2',
      {
        ...hello,
        tools: [{}, tool('f', ['x'])],
      },
      echoCall,
    ),
    ...answered('tools: none but one without a function', 'alpha2', { ...hello, tools: [{}] }, helloAnswer),
    ...answered('tools: an empty list', 'alpha2', { ...hello, tools: [] }, helloAnswer),
    ...answered(
      'tools: empty parameters',
      'alpha2',
      {
        ...hello,
        tools: [{ function: { name: 'f', description: 'does', parameters: {} } }],
      },
      echoed('hello', 1, [['0', 'f', '']]),
    ),
    ...answered(
      'tools: a name that no provider would take',
      'alpha2',
      {
        ...hello,
        tools: [tool('not a name!')],
      },
      echoed('hello', 1, [['0', 'not a name!', '']]),
    ),
    ...refused(
      'tools: properties that are a text',
      'alpha2',
      {
        ...hello,
        tools: [{ function: { name: 'f', parameters: { properties: 'x' } } }],
      },
      invoke('tool function properties must be a map[string]any, got string'),
    ),
    ...refused(
      'tools: properties that are a list',
      'alpha2',
      {
        ...hello,
        tools: [{ function: { name: 'f', parameters: { properties: [] } } }],
      },
      invoke('tool function properties must be a map[string]any, got []interface {}'),
    ),
    ...refused(
      'tools: properties that are a number',
      'alpha2',
      {
        ...hello,
        tools: [{ function: { name: 'f', parameters: { properties: 1 } } }],
      },
      invoke('tool function properties must be a map[string]any, got float64'),
    ),
    ...answered(
      'tools: an assistant that calls',
      'alpha2',
      input({
        ofAssistant: {
          name: 'assistant name',
          ...said('assistant message'),
          toolCalls: [called('call_123', 'f', 'test-string')],
        },
      }),
      echoed('assistant message', 2, [['call_123', 'f', 'test-string']]),
    ),
    ...answered(
      'tools: a call without an id',
      'alpha2',
      input({
        ofAssistant: { toolCalls: [{ function: { name: 'f', arguments: '{}' } }] },
      }),
      echoed('', 0, [['', 'f', '{}']]),
    ),
    ...answered(
      'tools: two calls without a text',
      'alpha2',
      input({
        ofAssistant: { toolCalls: [called('c1', 'f', '{}'), called('c2', 'g', '{"a":1}')] },
      }),
      echoed('', 0, [
        ['c1', 'f', '{}'],
        ['c2', 'g', '{"a":1}'],
      ]),
    ),
    ...answered(
      'tools: definitions before the calls of the history',
      'alpha2',
      {
        ...input({ ofAssistant: { toolCalls: [called('c1', 'f', '{}')] } }),
        tools: [tool('t', ['p'])],
      },
      echoed('', 0, [
        ['0', 't', 'p'],
        ['c1', 'f', '{}'],
      ]),
    ),
    ...answered(
      "tools: a tool's answer",
      'alpha2',
      input({
        ofTool: { toolId: 'tool-123', name: 'tool name', ...said('tool message') },
      }),
      echoed("Tool Response for tool ID 'tool-123' with name 'tool name': tool message", 12),
    ),
    ...answered(
      "tools: a tool's answer without an id",
      'alpha2',
      input({
        ofTool: { name: 'f', ...said('x') },
      }),
      echoed("Tool Response for tool ID '' with name 'f': x", 10),
    ),
    ...answered(
      "tools: a tool's answer in two parts",
      'alpha2',
      input({
        ofTool: { toolId: 'a', name: 'f', ...said('x', 'y') },
      }),
      echoed("Tool Response for tool ID 'a' with name 'f': x\nTool Response for tool ID 'a' with name 'f': y", 20),
    ),
    ...answered(
      "tools: a tool's answer without parts",
      'alpha2',
      input({
        ofTool: { toolId: 'a', name: 'f' },
      }),
      echoed('', 0),
    ),
    ...answered(
      'tools: question, call and answer',
      'alpha2',
      input(
        { ofUser: said('Weather?') },
        { ofAssistant: { toolCalls: [called('c1', 'get_weather', '{"city":"Oslo"}')] } },
        { ofTool: { toolId: 'c1', name: 'get_weather', ...said('4 C, rain') } },
      ),
      echoed("Weather?\nTool Response for tool ID 'c1' with name 'get_weather': 4 C, rain", 13, [
        ['c1', 'get_weather', '{"city":"Oslo"}'],
      ]),
    ),
    ...refused(
      'tools: a call without a function',
      'alpha2',
      input({ ofAssistant: { toolCalls: [{ id: 'call_123' }] } }),
      invalid('tool types cannot be nil'),
    ),
    ...refused(
      'tools: an empty call',
      'alpha2',
      input({ ofAssistant: { toolCalls: [{}] } }),
      invalid('tool types cannot be nil'),
    ),
  ],
}

const withTool = { ...hello, tools: [tool('f', ['x'])] }

/** Tool choices, with and without tools. */
export const toolChoice: CaseGroup = {
  title: 'Tool choice',
  cases: [
    ...['', 'auto', 'none', 'required', 'f'].flatMap((toolChoice) =>
      answered(`tool choice: "${toolChoice}" with tools`, 'alpha2', { ...withTool, toolChoice }, echoCall),
    ),
    ...['', 'auto', 'none', 'anything'].flatMap((toolChoice) =>
      answered(`tool choice: "${toolChoice}" without tools`, 'alpha2', { ...hello, toolChoice }, helloAnswer),
    ),
    ...['F', 'other', 'REQUIRED'].flatMap((toolChoice) =>
      refused(
        `tool choice: "${toolChoice}" with tools`,
        'alpha2',
        { ...withTool, toolChoice },
        invalid(`tool choice selected was not found. M${choices}`),
      ),
    ),
    ...refused(
      'tool choice: "required" without tools',
      'alpha2',
      { ...hello, toolChoice: 'required' },
      invalid(`tool choice m${choices}`),
    ),
    ...refused(
      'tool choice: a name, and one tool without a function',
      'alpha2',
      { ...hello, tools: [{}], toolChoice: 'f' },
      invalid(`tool choice selected was not found. M${choices}`),
    ),
  ],
}

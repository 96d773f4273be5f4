/** The worked examples of Dapr's echo component: messages of every kind, several inputs, and everything that has no effect. */
import type { CaseGroup } from '../case.ts'
import { answered, echoed, hello, helloAnswer, input, said, tool, wrapped } from './make.ts'

const inputs = (...contents: readonly string[]) => contents.map((content) => ({ content }))
const everything = {
  contextId: 'test-conversation-123',
  inputs: [{ messages: [{ ofUser: said('well hello there') }] }, { messages: [{ ofSystem: said('You are helpful') }] }],
  parameters: { max_tokens: wrapped('Int64Value', '100'), model: wrapped('StringValue', 'test-model') },
  metadata: { api_key: 'test-key', version: '1.0' },
  scrubPii: true,
  temperature: 0.7,
  tools: [tool('test_function', ['param1'])],
  toolChoice: 'auto',
  responseFormat: { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] },
  promptCacheRetention: '86400s',
}

/** Alpha1, which has texts alone. */
export const alpha1: CaseGroup = {
  title: 'Echo, alpha1',
  cases: [
    ...answered(
      'alpha1: one text',
      'alpha1',
      { inputs: inputs('well hello there') },
      {
        outputs: [{ result: 'well hello there' }],
      },
    ),
    ...answered(
      'alpha1: two texts and a context id',
      'alpha1',
      { inputs: inputs('a', 'b'), contextID: 'x' },
      {
        contextID: 'x',
        outputs: [{ result: 'a\nb' }],
      },
    ),
    ...answered(
      'alpha1: an empty context id',
      'alpha1',
      { inputs: inputs('a'), contextID: '' },
      {
        outputs: [{ result: 'a' }],
      },
    ),
    ...answered('alpha1: an empty text', 'alpha1', { inputs: inputs('') }, { outputs: [{}] }),
    ...answered('alpha1: an input without anything', 'alpha1', { inputs: [{}] }, { outputs: [{}] }),
    ...['user', 'human', 'system', 'assistant', 'ai', 'USER', 'nobody', ''].flatMap((role) =>
      answered(
        `alpha1: the role "${role}"`,
        'alpha1',
        { inputs: [{ content: 'hi', role }] },
        {
          outputs: [{ result: 'hi' }],
        },
      ),
    ),
    ...answered(
      'alpha1: parameters come back',
      'alpha1',
      {
        inputs: inputs('hi'),
        parameters: {
          text: wrapped('StringValue', 'x'),
          whole: wrapped('Int64Value', '100'),
          small: wrapped('Int32Value', 7),
          broken: wrapped('DoubleValue', 0.5),
          flag: wrapped('BoolValue', true),
          pause: wrapped('Duration', '1s'),
          object: wrapped('Struct', { a: 1 }),
        },
      },
      {
        outputs: [
          {
            result: 'hi',
            parameters: {
              text: wrapped('StringValue', 'x'),
              whole: wrapped('Int64Value', '100'),
              small: wrapped('Int32Value', 7),
              broken: wrapped('DoubleValue', 0.5),
              flag: wrapped('BoolValue', true),
              pause: wrapped('Duration', '1s'),
              object: wrapped('Struct', { a: 1 }),
            },
          },
        ],
      },
    ),
    ...answered(
      'alpha1: temperature and metadata have no effect',
      'alpha1',
      { inputs: inputs('hi'), temperature: 0.7, metadata: { k: 'v' } },
      { outputs: [{ result: 'hi' }] },
    ),
    ...answered(
      'alpha1: metadata whose names are those of internal fields',
      'alpha1',
      { inputs: inputs('hi'), metadata: { temperature: 'warm', message: 'x', tools: 'y' } },
      { outputs: [{ result: 'hi' }] },
    ),
  ],
}

/** Alpha2, which has messages. */
export const alpha2: CaseGroup = {
  title: 'Echo, alpha2',
  cases: [
    ...(['User', 'System', 'Developer'] as const).flatMap((role) =>
      answered(
        `alpha2: a message of the ${role.toLowerCase()}`,
        'alpha2',
        input({ [`of${role}`]: { name: 'a name', ...said('some message') } }),
        echoed('some message', 2),
      ),
    ),
    ...answered('alpha2: an empty name', 'alpha2', input({ ofUser: { name: '', ...said('hello') } }), helloAnswer),
    ...answered(
      'alpha2: a long conversation',
      'alpha2',
      input(
        { ofUser: said('first user message') },
        { ofAssistant: said('first assistant response') },
        { ofUser: said('second user message') },
        { ofSystem: said('system instruction') },
      ),
      echoed('first user message\nfirst assistant response\nsecond user message\nsystem instruction', 11),
    ),
    ...answered(
      'alpha2: two parts and a message',
      'alpha2',
      input({ ofUser: said('first message', 'second message') }, { ofUser: said('third message') }),
      echoed('first message\nsecond message\nthird message', 6),
    ),
    ...answered(
      'alpha2: two inputs are one conversation',
      'alpha2',
      { inputs: [...hello.inputs, ...input({ ofUser: said('there') }).inputs] },
      echoed('hello\nthere', 2),
    ),
    ...answered('alpha2: an empty text', 'alpha2', input({ ofUser: said('') }), echoed('', 0)),
    ...answered(
      'alpha2: an empty text is a line',
      'alpha2',
      input({ ofUser: said('a', '', 'b') }),
      echoed('a\n\nb', 2),
    ),
    ...answered('alpha2: a part without a text', 'alpha2', input({ ofUser: { content: [{}] } }), echoed('', 0)),
    ...answered('alpha2: a message without parts', 'alpha2', input({ ofUser: {} }), echoed('', 0)),
    ...answered('alpha2: an empty input', 'alpha2', { inputs: [{}] }, echoed('', 0)),
    ...answered(
      'alpha2: letters beyond ASCII',
      'alpha2',
      input({ ofUser: said('Grüße, 世界 👋🏽 <b>&amp;</b> \u2028') }),
      echoed('Grüße, 世界 👋🏽 <b>&amp;</b> \u2028', 4),
    ),
    ...answered('alpha2: white space stays', 'alpha2', input({ ofUser: said(' a\t b\n') }), echoed(' a\t b\n', 2)),
    ...answered(
      'alpha2: a context id',
      'alpha2',
      { ...hello, contextId: 'ctx-1' },
      { contextId: 'ctx-1', ...helloAnswer },
    ),
    ...answered('alpha2: an empty context id', 'alpha2', { ...hello, contextId: '' }, helloAnswer),
    ...answered('alpha2: every field', 'alpha2', everything, {
      contextId: 'test-conversation-123',
      ...echoed('well hello there\nYou are helpful', 6, [['0', 'test_function', 'param1']]),
    }),
    ...answered(
      'alpha2: parameters do not come back',
      'alpha2',
      {
        ...hello,
        parameters: { max_tokens: wrapped('Int64Value', '100') },
      },
      helloAnswer,
    ),
    ...answered('alpha2: a temperature out of range', 'alpha2', { ...hello, temperature: 99 }, helloAnswer),
    ...answered('alpha2: a temperature of 0', 'alpha2', { ...hello, temperature: 0 }, helloAnswer),
    ...answered('alpha2: an empty response format', 'alpha2', { ...hello, responseFormat: {} }, helloAnswer),
    ...answered('alpha2: a negative retention', 'alpha2', { ...hello, promptCacheRetention: '-3s' }, helloAnswer),
    ...answered(
      'alpha2: more metadata than the description allows',
      'alpha2',
      {
        ...hello,
        metadata: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, 'v'.repeat(600)])),
      },
      helloAnswer,
    ),
    {
      name: "alpha2: Java's parameters without a type",
      request: {
        grpc: {
          method: 'ConverseAlpha2',
          bytes: javaParameters(),
        },
      },
      answer: { code: 0, reply: helloAnswer },
    },
  ],
}

/**
 * `name: "echo"`, an input with "hello", and `parameters["n"]`, an Any of no type and the bytes `100`, as the Java SDK sends
 * them; no JSON spells that.
 */
function javaParameters(): Uint8Array {
  const field = (number: number, bytes: Uint8Array | string) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), Buffer.from(bytes)])
  const user = field(3, field(2, field(1, 'hello')))
  const any = field(2, '100')
  return Buffer.concat([
    field(1, 'echo'),
    field(3, field(1, user)),
    field(4, Buffer.concat([field(1, 'n'), field(2, any)])),
  ])
}

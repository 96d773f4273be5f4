/** The code that makes a request: for a shell, for our client in TypeScript, and for OpenAI's package in Python. */
import type { ChatBody } from '../api/chat.ts'

export const languages = ['TypeScript', 'curl', 'Python'] as const

export type Language = (typeof languages)[number]

/** The sidecar that is asked. */
export interface CodeTarget {
  /** Where it is, such as `http://127.0.0.1:3500`. */
  readonly origin: string
  /** Whether it asks for its token, which the code then reads from the environment. */
  readonly needsToken: boolean
}

/** The code of a request. */
export function codeFor(language: Language, body: ChatBody, target: CodeTarget): string {
  if (language === 'curl') return curl(body, target)
  return language === 'Python' ? python(body, target) : typescript(body, target)
}

function curl(body: ChatBody, { origin, needsToken }: CodeTarget): string {
  const json = JSON.stringify({ ...body, stream: true }, undefined, 2).replaceAll("'", `'\\''`)
  const headers = ["'content-type: application/json'", ...(needsToken ? ['"dapr-api-token: $DAPR_API_TOKEN"'] : [])]
  return [`curl -N ${origin}/v1/chat/completions`, ...headers.map((header) => `-H ${header}`), `-d '${json}'\n`].join(
    ' \\\n  ',
  )
}

/** Our client finds the token in the environment by itself. */
function typescript({ model: asked, messages, ...parameters }: ChatBody, { origin }: CodeTarget): string {
  const [component = '', ...model] = asked.split('/')
  const { temperature, max_tokens, tools, tool_choice, response_format, ...rest } = parameters
  const options = {
    component,
    ...(model.length > 0 && { model: model.join('/') }),
    ...(temperature !== undefined && { temperature }),
    ...(max_tokens !== undefined && { maxTokens: max_tokens }),
    ...(tools !== undefined && { tools }),
    ...(tool_choice !== undefined && { toolChoice: tool_choice }),
    ...(response_format !== undefined && { responseFormat: response_format }),
    ...(Object.keys(rest).length > 0 && { parameters: rest }),
  }
  return `import { DaprChatClient } from '@dapr-chat/client'

await using llm = new DaprChatClient({ endpoint: { http: ${literal(origin)} } })
const stream = llm.generateStream(${literal(clientMessages(messages))}, ${literal(options)})
for await (const text of stream.textStream) process.stdout.write(text)
`
}

/** Our client names pictures otherwise than OpenAI does. */
function clientMessages(messages: unknown): unknown {
  const list = (Array.isArray(messages) ? messages : []) as { role?: unknown; content?: unknown }[]
  const changed = list.map(({ content, ...message }) => ({
    ...message,
    content: Array.isArray(content) ? content.map(clientPart) : content,
  }))
  const [only] = changed
  return changed.length === 1 && only?.role === 'user' && typeof only.content === 'string' ? only.content : changed
}

function clientPart(part: { type?: unknown; image_url?: { url?: unknown } }): unknown {
  return part.type === 'image_url' ? { type: 'image', data: part.image_url?.url } : part
}

const pythonNames = new Set([
  ...['model', 'messages', 'temperature', 'max_tokens', 'max_completion_tokens', 'top_p', 'n', 'stop', 'seed', 'user'],
  ...['tools', 'tool_choice', 'parallel_tool_calls', 'response_format', 'frequency_penalty', 'presence_penalty'],
  ...['logit_bias', 'logprobs', 'top_logprobs', 'metadata', 'modalities', 'reasoning_effort', 'verbosity', 'store'],
])

function python(body: ChatBody, { origin, needsToken }: CodeTarget): string {
  // The package refuses names that it does not know, unless they come in this member.
  const known = Object.entries(body).filter(([name]) => pythonNames.has(name))
  const others = Object.fromEntries(Object.entries(body).filter(([name]) => !pythonNames.has(name)))
  const lines = [
    ...known.map(([name, value]) => `    ${name}=${pythonLiteral(value, '    ')},`),
    ...(Object.keys(others).length > 0 ? [`    extra_body=${pythonLiteral(others, '    ')},`] : []),
    '    stream=True,',
  ]
  const key = needsToken ? 'os.environ["DAPR_API_TOKEN"]' : '"none"'
  return `${needsToken ? 'import os\n\n' : ''}from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(`${origin}/v1`)}, api_key=${key})
stream = client.chat.completions.create(
${lines.join('\n')}
)
for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
`
}

/** A value as TypeScript writes it: names without quotes, texts in single ones. */
function literal(value: unknown, indent = ''): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const deeper = `${indent}  `
  const isList = Array.isArray(value)
  const members = isList
    ? value.map((each) => literal(each, deeper))
    : Object.entries(value).map(
        ([name, each]) => `${/^[a-z_$][\w$]*$/i.test(name) ? name : quoted(name)}: ${literal(each, deeper)}`,
      )
  return bracketed(members, isList ? ['[', ']'] : ['{ ', ' }'], indent)
}

function pythonLiteral(value: unknown, indent: string): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value !== 'object') return JSON.stringify(value)
  const deeper = `${indent}    `
  const isList = Array.isArray(value)
  const members = isList
    ? value.map((each) => pythonLiteral(each, deeper))
    : Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${pythonLiteral(each, deeper)}`)
  return bracketed(members, isList ? ['[', ']'] : ['{', '}'], indent, '    ')
}

/** On one line where it fits, one member to a line where it does not. */
function bracketed(members: readonly string[], [open, close]: [string, string], indent: string, step = '  '): string {
  if (members.length === 0) return open.trim() + close.trim()
  const line = open + members.join(', ') + close
  if (line.length <= 80 && !line.includes('\n')) return line
  return `${open.trim()}\n${members.map((member) => `${indent}${step}${member},\n`).join('')}${indent}${close.trim()}`
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

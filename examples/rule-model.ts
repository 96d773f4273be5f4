/**
 * A model made of rules, for the examples that call tools: it needs no key, and unlike echo it calls a tool only where the
 * question asks for it, with arguments that fit. The component `rules` of `sidecar.ts` is one.
 */
import { type ConversationCall, type ConversationEvent, type Message, textOf } from '@dapr-chat/protocol'
import { defineProvider } from '@dapr-chat/sidecar'

/** What in a question makes the model call a tool, and with which arguments. */
const rules: readonly { readonly tool: string; readonly when: RegExp }[] = [
  { tool: 'get_weather', when: /weather in (?<location>\p{Lu}[\p{L} ]*\p{L})/u },
  { tool: 'calculate', when: /(?:what is|calculate) (?<expression>[^?,]*\d[^?,]*[^?,\s])/i },
  { tool: 'get_time_zone', when: /time(?: zone)? in (?<location>\p{Lu}[\p{L} ]*\p{L})/u },
  { tool: 'CurrencyConverter', when: /(?<amount>\d+(?:\.\d+)?) (?<from>[A-Z]{3}) (?:in|to) (?<to>[A-Z]{3})/ },
  { tool: 'TaskManager', when: /(?<action>add|complete) the task: (?<title>[^?.,]+)/ },
  { tool: 'TaskManager', when: /(?<action>list) all tasks/ },
]

/** `conversation.rules`. */
export const ruleModel = defineProvider({
  type: 'conversation.rules',
  description: 'Calls the tools that a question names, and tells what they said.',
  settings: {},
  // It sees nothing: a question with a picture is refused before it gets here.
  accepts: [],
  create: () => ({ model: 'rules-1', converse: answer, close: async () => {} }),
})

async function* answer({ request }: ConversationCall): AsyncGenerator<readonly ConversationEvent[]> {
  const { messages } = request
  const asked = messages.findLastIndex(({ role }) => role === 'user')
  const results = messages.slice(asked).filter(({ role }) => role === 'tool')
  const calls = results.length > 0 ? [] : callsFor(messages[asked], new Set(request.tools?.map(({ name }) => name)))
  yield [{ type: 'message-start', model: 'rules-1' }]
  for (const [index, { tool, args }] of calls.entries()) {
    const call = { choice: 0, index } as const
    yield [
      { type: 'tool-call-start', ...call, id: `call_${asked}_${index}`, name: tool },
      { type: 'tool-call-delta', ...call, arguments: JSON.stringify(args) },
      { type: 'tool-call-end', ...call },
    ]
  }
  const found = results.map(({ content }) => textOf(content)).join('; ')
  const text = found === '' ? withoutTools(messages) : `This is what I found: ${found}.`
  for (const word of calls.length > 0 ? [] : text.split(/(?<= )/)) {
    yield [{ type: 'text-delta', choice: 0, text: word }]
  }
  yield [{ type: 'finish', choice: 0, reason: calls.length > 0 ? 'tool_calls' : 'stop' }]
}

/** The one thing it knows beside tools: a name, as long as it is told again with each question. */
function withoutTools(messages: readonly Message[]): string {
  const said = messages.flatMap(({ role, content }) => (role === 'user' ? [textOf(content)] : []))
  if (!/my name/i.test(said.at(-1) ?? '')) return 'I know nothing but my tools.'
  const name = said.flatMap((text) => /[Mm]y name is (\p{Lu}\p{L}*)/u.exec(text)?.[1] ?? []).at(-1)
  return name === undefined ? 'You have not told me your name.' : `Your name is ${name}.`
}

function callsFor(question: Message | undefined, offered: ReadonlySet<string>) {
  const text = question ? textOf(question.content) : ''
  return rules.flatMap(({ tool, when }) => {
    const { groups } = when.exec(text) ?? {}
    return groups && offered.has(tool) ? [{ tool, args: groups }] : []
  })
}

/** Personal data: what daprd's own tests have, what its library was measured to do, and which part of a call each flag covers. */
import { measuredScrubbing, testedScrubbing } from '@dapr-chat/sidecar/testing'
import type { Case, CaseGroup } from '../case.ts'
import { answered, echoed, input, said, says } from './make.ts'

const texts = ['well hello there from 10.8.9.1', 'well hello there, my email is test@test.com'] as const
const scrubbed = ['well hello there from <IP>', 'well hello there, my email is <EMAIL_ADDRESS>'] as const
const [first, second] = texts
const from = (text: string) => input({ ofUser: said(text) })
const question = (text: string, scrubPii: boolean) => ({ inputs: [{ messages: [{ ofUser: said(text) }], scrubPii }] })
const secret = '{"to":"test@test.com"}'
const calls = { ofAssistant: { toolCalls: [{ id: 'c1', function: { name: 'send', arguments: secret } }] } }

/** Every kind of message, with an address in each place. */
const everywhere = [
  ...['ofSystem', 'ofDeveloper', 'ofUser', 'ofAssistant'].map((kind) => ({ [kind]: said('from 10.8.9.1') })),
  { ofTool: { toolId: '10.8.9.1', name: 'a@b.de', ...said('from 10.8.9.1') } },
]
const toolPrefix = "Tool Response for tool ID '10.8.9.1' with name 'a@b.de':"

/** Which part of a call a flag covers. */
export const scrubbing: CaseGroup = {
  title: 'Personal data',
  cases: [
    ...testedScrubbing.flatMap(([text, without, words]): Case[] => [
      ...answered(`scrub: the question "${text}"`, 'alpha2', question(text, true), echoed(without, words)),
      ...answered(`scrub: the answer "${text}"`, 'alpha2', { ...from(text), scrubPii: true }, echoed(without, words)),
      ...answered(
        `scrub: the question of alpha1 "${text}"`,
        'alpha1',
        { inputs: [{ content: text, scrubPII: true }] },
        { outputs: [{ result: without }] },
      ),
      ...answered(
        `scrub: the answer of alpha1 "${text}"`,
        'alpha1',
        { inputs: [{ content: text }], scrubPII: true },
        { outputs: [{ result: without }] },
      ),
    ]),
    ...answered(
      'scrub: the answer to two inputs',
      'alpha2',
      {
        inputs: texts.map((text) => from(text).inputs[0] ?? null),
        scrubPii: true,
      },
      echoed(scrubbed.join('\n'), 12),
    ),
    ...answered(
      'scrub: one of two inputs',
      'alpha1',
      {
        inputs: [{ content: first }, { content: second, scrubPII: true }],
      },
      { outputs: [{ result: `${first}\n${scrubbed[1]}` }] },
    ),
    ...answered('scrub: no flag', 'alpha2', from(first), echoed(first, 5)),
    ...answered('scrub: flags that say no', 'alpha2', { ...question(first, false), scrubPii: false }, echoed(first, 5)),
    ...answered(
      'scrub: every kind of message',
      'alpha2',
      {
        inputs: [{ messages: everywhere, scrubPii: true }],
      },
      echoed(`from <IP>\nfrom <IP>\nfrom <IP>\nfrom <IP>\n${toolPrefix} from <IP>`, 19),
    ),
    ...answered(
      'scrub: data cut in two by parts',
      'alpha2',
      {
        inputs: [{ messages: [{ ofUser: said('test@', 'test.com') }], scrubPii: true }],
      },
      echoed('test@\ntest.com', 2),
    ),
    ...answered(
      'scrub: the arguments of a call in the question',
      'alpha2',
      {
        inputs: [{ messages: [calls], scrubPii: true }],
      },
      echoed('', 0, [['c1', 'send', '{"to":"<EMAIL_ADDRESS>"}']]),
    ),
    ...answered(
      'scrub: the arguments of a call in the answer',
      'alpha2',
      {
        ...input(calls),
        scrubPii: true,
      },
      echoed('', 0, [['c1', 'send', '{"to":"<EMAIL_ADDRESS>"}']]),
    ),
  ],
}

/** What counts as personal data. */
export const personalData: CaseGroup = {
  title: 'What is personal data',
  cases: Object.entries(measuredScrubbing).flatMap(([text, without]) =>
    says(`personal data: "${text}"`, { ...from(text), scrubPii: true }, without),
  ),
}

/** `docs/troubleshooting.md`: what a beginner meets, and every error code with where it shows and what to do. */
import { type ErrorCode, errorAdvice, errorCodes, errorMeanings, errorRow } from '@dapr-chat/protocol'
import { status } from '@grpc/grpc-js'
import { clientFailures } from './client-failures.ts'
import { cannotShow, textOnly, thrownErrors } from './error-places.ts'
import { cell, code, generatedNote, table } from './markdown.ts'
import { type Situation, situations } from './situations.ts'

/** The test that brings every row of the error table about. */
export const codesTest = 'conformance/error-codes.test.ts'

/** The test that brings every situation about. */
export const situationsTest = 'conformance/troubleshooting.test.ts'

/** Codes that are only in answers of routes beside conversations. */
export const otherCodes: Readonly<Record<string, string>> = {
  ERR_HEALTH_NOT_READY: 'The sidecar starts or goes down. Wait, and ask again.',
  ERR_OUTBOUND_HEALTH_NOT_READY: 'No conversation can be had yet, or any more. Wait, and ask again.',
  ERR_HEALTH_APPID_NOT_MATCH: 'The sidecar at this address has another app id than the one in `appid`.',
  ERR_CONVERSATION_HISTORY_NOT_FOUND:
    'The caller has no such remembered conversation; `dapr-caller-app-id` says who calls.',
  ERR_CONSOLE_CALL_NOT_FOUND: 'No such call is in progress or in the log; the usage store keeps them for a while only.',
}

/** What stands in front of the reason where a component stops the start. */
export const startCodes: Readonly<Record<string, string>> = {
  CREATE_COMPONENT_FAILURE: 'There is no such type, or no such version of it. Correct `spec.type` or `spec.version`.',
  INIT_COMPONENT_FAILURE:
    'A setting is missing or has the wrong form, or what the component needs could not be opened. The sentence names the setting, and file and line stand at its end.',
}

/** The whole page. */
export function troubleshootingPage(): string {
  return `${[
    generatedNote,
    '# Troubleshooting',
    `Every failure has one code, whichever way it comes: as the header ${code('dapr-chat-error')} of an HTTP answer, as the reason in
the details of an error inside a stream and of a gRPC status, as ${code('code')} of the ${code('ConversationError')} that is the ${code('cause')} of
what our client throws, in the log, the metrics and the console. The client's ${code('hint')}, the command line and the console say
the same as the column “what to do” below: all read one table.`,
    `${code('dapr-chat doctor')} looks at everything a sidecar needs; ${code('dapr-chat config check ./components')} reads a folder as the
sidecar does and names every line that is wrong, with what to do ([the commands](commands.md)).`,
    '## When you begin',
    `What is printed, word for word; … stands for what varies. A test brings each of these about ([${name(situationsTest)}](../${situationsTest})).`,
    ...Object.values(situations).map(situationSection),
    '## Every error code',
    table(
      ['code', 'what it means', 'what to do'],
      errorCodes.map((each) => [code(each), cell(errorMeanings[each]), cell(errorAdvice[each])]),
    ),
    '## Where they show',
    `On Dapr's routes daprd's statuses are kept, which are few; OpenAI's routes have OpenAI's. The class is what
${code('@dapr-chat/client')} throws before the first output; after it, it is a ${code('StreamInterruptedError')} with the other as its cause.
A dash is where a failure cannot show: of a call that was cancelled, only the log and the console tell. An open
circuit breaker is ${code('unavailable')} too, and ends the command with 5, because waiting helps. A test brings every row about on each surface ([${name(codesTest)}](../${codesTest})).`,
    table(
      ['code', "on Dapr's routes", "on OpenAI's routes", 'gRPC', 'class', 'exit code', 'try again'],
      errorCodes.map(placesOf),
    ),
    '## Thrown by the client alone',
    table(
      ['code', 'class', 'what it means', 'what to do'],
      Object.entries(clientFailures).map(([each, words]) => [code(each), code(words.class), words.meaning, words.fix]),
    ),
    `The classes and what they hold are in [client-sources.md](client-sources.md#errors).`,
    '## Other answers',
    table(
      ['errorCode', 'what it means, and what to do'],
      Object.entries(otherCodes).map(([each, words]) => [code(each), words]),
    ),
    '## What stops the start',
    `A component that cannot be made stops the start, as in daprd, unless its file says ${code('ignoreErrors: true')}. All that are wrong
are named in one run. The codes in brackets are daprd's:`,
    table(
      ['code', 'what it means, and what to do'],
      Object.entries(startCodes).map(([each, words]) => [code(`[${each}]`), words]),
    ),
    `What is merely odd is a line in the log and a finding of ${code('dapr-chat config check')}; findings have no codes, but file, line and
what to do. The exit codes of all commands stand in [commands.md](commands.md).`,
  ].join('\n\n')}\n`
}

function situationSection({ title, done, seen, ends, todo }: Situation): string {
  return `### ${title}

${done}${ends && ` (${ends})`}

\`\`\`text
${seen.join('\n')}
\`\`\`

${todo}`
}

function placesOf(each: ErrorCode): string[] {
  const row = errorRow(each)
  const { http, grpc, openaiStatus, openaiType, openaiCode, retryable } = row
  const thrown = thrownErrors[each]
  const reason = thrown.reason === undefined ? '' : ` (${code(thrown.reason)})`
  const dapr = textOnly.has(each) ? `${http}, as text` : `${http} ${code(row.dapr)}`
  const openai = [openaiType, openaiCode ?? ''].filter((word) => word !== '').map(code)
  return [
    code(each),
    each in cannotShow.dapr ? '–' : dapr,
    each in cannotShow.openai ? '–' : `${openaiStatus} ${openai.join(' ')}`,
    each in cannotShow.grpc ? '–' : `${grpc} ${status[grpc]}`,
    `${code(thrown.class)}${reason}`,
    String(thrown.exitCode),
    retryable ? 'yes' : 'no',
  ]
}

function name(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

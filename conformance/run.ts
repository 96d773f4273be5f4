/**
 * `npm run conformance -- --http URL --grpc ADDRESS`: sends the suite to a sidecar that runs somewhere, daprd for one, and to
 * our own, which it starts, and compares the answers case by case. It fails where ours is not what a case expects, and where
 * the two differ without a reason in `suite/differences.ts`.
 */
import { parseArgs } from 'node:util'
import { send, startSidecar } from '@dapr-chat/sidecar/testing'
import { writeSection } from '../tools/marked-section.ts'
import { suiteReport, verdictOf } from './report/suite-report.ts'
import type { Target } from './suite/ask.ts'
import { differenceOf, differences } from './suite/differences.ts'
import { groupsFor } from './suite/groups.ts'
import { type Comparison, compare } from './suite/run-cases.ts'

const help = `npm run conformance -- --http URL --grpc ADDRESS [--token TOKEN] [--shutdown] [--report FILE]

  --http URL      the HTTP API of the sidecar to compare with, for example http://127.0.0.1:3500
  --grpc ADDRESS  its gRPC API, for example 127.0.0.1:50001
  --token TOKEN   what it was given as DAPR_API_TOKEN; without one, the cases about tokens are left out
  --shutdown      ends with the cases that shut it down
  --report FILE   writes the result into this Markdown file, between its marks

The sidecar must have one component, "echo" of the type conversation.echo, the default limits, and tracing switched on.
`

const marks = { begin: '<!-- suite: written by npm run conformance -->', end: '<!-- suite end -->' }

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      http: { type: 'string' },
      grpc: { type: 'string' },
      token: { type: 'string' },
      shutdown: { type: 'boolean', default: false },
      report: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { http, grpc, token, shutdown, report } = values
  if (values.help || http === undefined || grpc === undefined) {
    console.log(help)
    return values.help ? 0 : 1
  }
  const withToken = token === undefined ? {} : { token }
  const theirs: Target = { http, grpc, ...withToken }
  await using running = await startSidecar(undefined, token === undefined ? {} : { apiToken: token })
  const ours: Target = { http: running.http, grpc: running.grpc, ...withToken }
  const versions = { ours: await versionOf(ours), theirs: await versionOf(theirs) }
  const comparisons = await compare(groupsFor({ token: token !== undefined, shutdown }), ours, theirs)
  if (report !== undefined) {
    const date = new Date().toISOString().slice(0, 10)
    writeSection(report, marks, suiteReport({ date, ...versions }, comparisons))
  }
  return print(comparisons, `daprd ${versions.theirs}`)
}

/** The version of Dapr that a sidecar says it is. */
async function versionOf({ http, token }: Target): Promise<string> {
  const headers = token === undefined ? {} : { 'dapr-api-token': token }
  const answer = await send(http, '/v1.0/metadata', { headers })
  if (answer.status !== 200) {
    throw new Error(
      `Cannot read the metadata of ${http}: the answer must have status 200: current value is ${answer.status}`,
    )
  }
  return String(JSON.parse(answer.text).runtimeVersion)
}

/** Says what is not as it should be, and the counts. */
function print(comparisons: readonly Comparison[], other: string): number {
  let failed = 0
  for (const each of comparisons) {
    const verdict = verdictOf(each)
    if (verdict === 'same' || verdict === 'intended') continue
    failed++
    console.log(`✖ ${each.name}: ${verdict === 'wrong' ? 'not what the case expects' : 'differs without a reason'}`)
    for (const key of ['expected', 'ours', 'theirs'] as const) console.log(`    ${key}: ${JSON.stringify(each[key])}`)
  }
  for (const [index, { cases }] of differences.entries()) {
    const seen = comparisons.some(({ name, same }) => !same && differenceOf(name) === index + 1)
    if (!seen) console.log(`Difference ${index + 1} is listed but was not seen: ${cases.join('; ')}`)
  }
  const intended = comparisons.filter((each) => verdictOf(each) === 'intended').length
  console.log(
    `conformance with ${other}: ${comparisons.length} cases, ${comparisons.length - intended - failed} alike, ` +
      `${intended} differ on purpose, ${failed} failed`,
  )
  return failed === 0 ? 0 : 1
}

process.exitCode = await main()

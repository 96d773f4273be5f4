/**
 * Asks the real vendors whose keys are in the environment, through a sidecar and a client, and says which were left
 * out. `npm run test:live` runs it; without any key it does nothing and succeeds. It is no part of `npm test`, because
 * it costs money and needs the network.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DaprChatClient } from '@dapr-chat/client'
import { createSidecar } from '@dapr-chat/sidecar'
import { type ComponentExample, componentExamples, componentYaml } from '../docs/component-examples.ts'
import { liveChecks } from './checks.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** How many checks came out how. */
export interface LiveReport {
  readonly passed: number
  readonly failed: number
  /** Vendors that were not asked. */
  readonly skipped: number
}

/**
 * Runs all checks with every vendor whose variables are set.
 * @param print takes the report, line by line.
 */
export async function runLive(environment: Environment, print: (line: string) => void): Promise<LiveReport> {
  let [passed, failed, skipped] = [0, 0, 0]
  for (const example of componentExamples) {
    // Nobody stands behind echo.
    if (example.needs.length === 0) continue
    const unset = example.needs.filter((name) => !environment[name])
    if (unset.length > 0) {
      skipped++
      print(`skipped  ${example.name}: ${unset.join(', ')} ${unset.length === 1 ? 'is' : 'are'} not set`)
      continue
    }
    for await (const { name, error, ms } of check(example, environment)) {
      if (error === undefined) passed++
      else failed++
      const result = error === undefined ? 'passed ' : 'FAILED '
      print(`${result}  ${example.name}: ${name} (${Math.round(ms)} ms)${error === undefined ? '' : `: ${error}`}`)
    }
  }
  print(`live: ${passed} passed, ${failed} failed, ${skipped} vendors skipped`)
  return { passed, failed, skipped }
}

interface Checked {
  readonly name: string
  readonly ms: number
  readonly error?: string
}

async function* check(example: ComponentExample, environment: Environment): AsyncGenerator<Checked> {
  const folder = await mkdtemp(join(tmpdir(), 'dapr-chat-live-'))
  try {
    await writeFile(join(folder, 'component.yaml'), componentYaml(reached(example, environment)))
    const sidecar = await createSidecar({
      httpPort: 0,
      grpcPort: 0,
      metricsPort: 0,
      resourcesPaths: [folder],
      environment,
      logLevel: 'fatal',
      gracefulShutdownMs: 0,
    })
    const { http } = await sidecar.listen()
    await using llm = new DaprChatClient({ component: example.name, endpoint: { http } })
    try {
      for (const { name, run } of liveChecks) {
        const start = performance.now()
        const error = await run({ llm, sidecar }).then(
          () => undefined,
          (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
        )
        yield { name, ms: performance.now() - start, ...(error !== undefined && { error }) }
      }
    } finally {
      await sidecar.close()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Ollama is found by its own variable, which may leave out scheme and path. */
function reached(example: ComponentExample, { OLLAMA_HOST }: Environment): ComponentExample {
  if (example.type !== 'conversation.ollama' || !OLLAMA_HOST) return example
  const { origin } = new URL(OLLAMA_HOST.includes('://') ? OLLAMA_HOST : `http://${OLLAMA_HOST}`)
  return { ...example, metadata: { ...example.metadata, endpoint: `${origin}/v1` } }
}

if (import.meta.main) {
  const { failed } = await runLive(process.env, console.log)
  process.exitCode = failed === 0 ? 0 : 1
}

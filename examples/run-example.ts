/** Runs an example as a reader would, in a process of its own, for the tests of this folder. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type CommandOptions, type CommandResult, runCommand } from '../tools/run-command.ts'

/** Keys and addresses that this machine may have must not reach the examples; a test gives those that it means. */
const nothing = {
  DAPR_API_TOKEN: '',
  DAPR_HTTP_ENDPOINT: '',
  DAPR_LLM_COMPONENT_DEFAULT: '',
  OPENAI_API_KEY: '',
  ANTHROPIC_API_KEY: '',
  GOOGLE_AI_API_KEY: '',
}

/** Runs the example of that path below `examples`, without `.ts`, to its end. */
export function runExample(
  name: string,
  args: readonly string[],
  { env, ...options }: CommandOptions = {},
): Promise<CommandResult> {
  const script = join(import.meta.dirname, `${name}.ts`)
  return runCommand(process.execPath, [script, ...args], { ...options, env: { ...nothing, ...env } })
}

/** These stand in the output, in this order. */
export function assertInOrder(output: string, sections: readonly (string | RegExp)[]): void {
  let rest = output
  for (const section of sections) {
    const [found] = typeof section === 'string' ? [section] : (section.exec(rest) ?? [])
    const at = found === undefined ? -1 : rest.indexOf(found)
    assert.notEqual(at, -1, `${section} must follow in:\n${rest}`)
    rest = rest.slice(at + (found?.length ?? 0))
  }
}

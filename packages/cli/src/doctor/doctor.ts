/** `dapr-chat doctor`: all checks, printed as lines or as JSON. Something in the way gives the exit code for failures. */
import type { FlagValues } from '../arguments/flag.ts'
import type { doctorFlags } from '../commands/table.ts'
import { loadEnvironment } from '../environment.ts'
import { exitCodes } from '../exit-code.ts'
import { write } from '../terminal/output.ts'
import { Spinner } from '../terminal/spinner.ts'
import { type Style, styleFor } from '../terminal/style.ts'
import type { Check } from './check.ts'
import { checkMachine } from './checks.ts'

/** Checks and prints. */
export async function doctor(values: FlagValues<typeof doctorFlags>): Promise<number> {
  const { variables } = await loadEnvironment(process.env, process.cwd())
  const spinner = new Spinner(process.stderr, styleFor(process.stderr))
  const checks = await checkMachine(variables, (what) => spinner.start(what)).finally(() => spinner.stop())
  const ok = !checks.some(({ state }) => state === 'failed')
  const style = styleFor(process.stdout)
  await write(
    process.stdout,
    values.json
      ? `${JSON.stringify({ ok, checks }, null, 2)}\n`
      : checks.map((check) => `${checkText(check, style)}\n`).join(''),
  )
  return ok ? exitCodes.ok : exitCodes.failure
}

function checkText({ check, state, result, todo }: Check, style: Style): string {
  const mark = { ok: style.good, note: style.dim, warning: style.warning, failed: style.bad }[state]
  const line = `${mark(state.padEnd(7))}  ${check.padEnd(11)} ${result}`
  return todo === undefined ? line : `${line}\n${' '.repeat(21)}to do: ${todo}`
}

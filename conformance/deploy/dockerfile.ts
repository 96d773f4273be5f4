/**
 * Reads a Dockerfile as far as ours goes: stages, instructions, and the two ways to write a command. The tests look at what
 * it says, and `built-image.ts` carries it out where there is no Docker.
 */

/** One instruction, its continued lines joined. */
export interface Instruction {
  /** In capitals, such as `COPY`. */
  readonly keyword: string
  /** Flags such as `--from=build`, by name. */
  readonly flags: Readonly<Record<string, string>>
  /** What follows, as it is written. */
  readonly text: string
}

/** What stands from one `FROM` to the next. */
export interface Stage {
  /** The name after `AS`; empty for the last stage, which has none. */
  readonly name: string
  /** The image, or the name of an earlier stage. */
  readonly base: string
  readonly instructions: readonly Instruction[]
}

/**
 * The stages in their order.
 * @throws Error for a file that does not begin with `FROM`.
 */
export function readDockerfile(text: string): Stage[] {
  const stages: { name: string; base: string; instructions: Instruction[] }[] = []
  const lines = text.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n/g, ' ')
  for (const line of lines.split('\n').filter((each) => each.trim() !== '')) {
    const instruction = readInstruction(line)
    if (instruction.keyword === 'FROM') {
      const [base = '', , name = ''] = instruction.text.split(/\s+/)
      stages.push({ name, base, instructions: [] })
      continue
    }
    const stage = stages.at(-1)
    if (stage === undefined) throw new Error(`Cannot read the Dockerfile: it must begin with FROM: found "${line}"`)
    stage.instructions.push(instruction)
  }
  return stages
}

/** The words of a command: the list where it is written as JSON, else what spaces part. */
export function wordsOf(text: string): string[] {
  return text.startsWith('[') ? JSON.parse(text) : text.split(/\s+/)
}

/** The last instruction of that keyword in a stage; only the last one counts to Docker too. */
export function lastOf({ instructions }: Stage, keyword: string): Instruction | undefined {
  return instructions.findLast((instruction) => instruction.keyword === keyword)
}

/** The command of a HEALTHCHECK, as words. */
export function healthCommand(stage: Stage): string[] {
  return wordsOf(lastOf(stage, 'HEALTHCHECK')?.text.replace(/^CMD\s+/, '') ?? '')
}

function readInstruction(line: string): Instruction {
  const [, keyword = '', rest = ''] = /^\s*(\w+)\s+(.*)$/.exec(line.trim()) ?? []
  const flags: Record<string, string> = {}
  let text = rest
  for (let flag = /^--([\w-]+)=(\S+)\s+/.exec(text); flag !== null; flag = /^--([\w-]+)=(\S+)\s+/.exec(text)) {
    flags[flag[1] ?? ''] = flag[2] ?? ''
    text = text.slice(flag[0].length)
  }
  return { keyword: keyword.toUpperCase(), flags, text: text.trim() }
}

/**
 * Holds shell blocks of the documents that are not run against what they call: commands of `dapr-chat` and their flags, scripts
 * of package.json, files. A program of others is left to the reader where the table below says why; `check-snippets.ts` asks.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArguments } from 'dapr-chat/src/arguments/parse.ts'
import { commandTable, isCommand } from 'dapr-chat/src/commands/table.ts'
import { repositoryRoot } from './repository.ts'

/** Programs whose blocks are not run, and why. */
const outside: Readonly<Record<string, string>> = {
  bun: 'conformance/runtimes runs the same program there',
  dapr: 'starts sidecars of the Dapr CLI; packages/cli/test/daprd.test.ts runs ours under it',
  deno: 'conformance/runtimes runs the same program there',
  docker: 'builds or starts containers',
  echo: 'writes into a file of the reader',
  eval: 'changes the shell of the reader; the command inside it is looked at',
  export: 'changes the shell of the reader',
  helm: 'changes a cluster; conformance/deploy looks at the chart',
  kubectl: 'changes a cluster; conformance/deploy looks at the manifests',
  ln: 'changes files of the reader',
  mv: 'changes files of the reader',
}

/** What npm does by itself: it installs, or is one of the scripts that have a word of their own. */
const npmWords = new Set(['ci', 'install', 'start', 'test'])

/** What is wrong with the commands of a block, as sentences; empty where all of them are there. */
export function commandProblems(code: string): string[] {
  return commandsOf(code).flatMap((words) => problemsOf(words))
}

/** A separator of commands, or a word, whose quotation marks may stand anywhere in it. */
const token = /&&|\|\||[;|]|(?:"[^"]*"|'[^']*'|[^\s"';|&]|&(?!&))+/g

/** The commands of a block as words, those inside `$(...)` too, without the variables that are set for one of them. */
function commandsOf(code: string): string[][] {
  const inner = Array.from(code.matchAll(/\$\(([^()]*)\)/g), ([, command = '']) => command)
  const outer = code
    .replaceAll(/\$\([^()]*\)/g, 'VALUE')
    .replaceAll('\\\n', ' ')
    .split('\n')
  const commands: string[][] = []
  for (const line of [...outer, ...inner]) {
    let words: string[] = []
    commands.push(words)
    for (const [word] of line.matchAll(token)) {
      if (word.startsWith('#')) break
      if (/^(?:&&|\|\||[;|])$/.test(word)) {
        words = []
        commands.push(words)
      } else {
        words.push(word.replaceAll(/["']/g, ''))
      }
    }
  }
  const start = (words: readonly string[]) => words.findIndex((word) => !/^\w+=/.test(word))
  return commands
    .map((words) => (start(words) === -1 ? [] : words.slice(start(words))))
    .filter(({ length }) => length > 0)
}

function problemsOf(words: readonly string[]): string[] {
  const [program = '', ...rest] = words[0] === 'npx' ? words.slice(1) : words
  if (program === 'dapr-chat') return daprChatProblems(rest)
  if (program === 'npm') return npmProblems(rest)
  if (program === 'node') return nodeProblems(rest)
  if (Object.hasOwn(outside, program) || program === 'openssl') return []
  return [`"${program}" must be run, or stand below a reason: <!-- not run: ... -->`]
}

function daprChatProblems(words: readonly string[]): string[] {
  const [name = ''] = words
  if (!isCommand(name)) return [`dapr-chat has no command "${name}"`]
  const end = words.indexOf('--')
  try {
    parseArguments(commandTable[name].flags, words.slice(1, end === -1 ? undefined : end))
    return []
  } catch (error) {
    return [`dapr-chat ${name}: ${error instanceof Error ? error.message : error}`]
  }
}

function npmProblems([word = '', script = '', ...rest]: readonly string[]): string[] {
  if (npmWords.has(word)) return []
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>
  }
  if (word !== 'run' || !Object.hasOwn(scripts, script)) return [`npm has no script "${script || word}"`]
  const command = /dapr-chat\.js (\w+)/.exec(scripts[script] ?? '')?.[1]
  return command === undefined ? [] : daprChatProblems([command, ...rest.slice(rest[0] === '--' ? 1 : 0)])
}

/** A file that a page makes itself has no folder in front of it. */
function nodeProblems([file = '', ...rest]: readonly string[]): string[] {
  if (file.endsWith('bin/dapr-chat.js')) return daprChatProblems(rest)
  if (!file.includes('/') || existsSync(join(repositoryRoot, file))) return []
  return [`${file} does not exist`]
}

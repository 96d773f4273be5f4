import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { completion } from '../src/commands/completion.ts'
import { commandTable } from '../src/commands/table.ts'
import { folder } from './command.ts'
import { keys, noScreen, startProgramOnScreen } from './screen.ts'

/** How each shell is started bare, and how one writes in it what the command is here: something that says what it got. */
const shells = {
  bash: { args: ['--norc', '--noprofile', '-i'], setUp: 'dapr-chat() { echo "got:$*:"; }; . ./script; PS1="ready"\\>' },
  zsh: { args: ['-f', '-i'], setUp: 'dapr-chat() { echo "got:$*:" }; . ./script; PS1="ready"\\>' },
  fish: {
    args: ['--no-config', '-i'],
    setUp: 'function dapr-chat; echo "got:$argv:"; end; source ./script; function fish_prompt; echo -n "ready"\\>; end',
  },
} as const

/** What is typed before the tab key, and what the command gets then. */
const cases = [
  ['do', 'doctor'],
  ['components ex', 'components explain'],
  ['completion fi', 'completion fish'],
  ['serve --dapr-http-p', 'serve --dapr-http-port'],
  ['config check --aga', 'config check --against'],
  ['serve --resources-path res', 'serve --resources-path resources'],
  ['config check res', 'config check resources'],
  ['replay rec', 'replay recorded.sse'],
] as const

function missing(shell: string): false | string {
  if (noScreen) return noScreen
  return spawnSync(shell, ['-c', 'true']).status === 0 ? false : `${shell} is not installed`
}

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  describe(`completion in ${shell}`, { skip: missing(shell) }, () => {
    it('completes commands, words, flags, and files where those belong', async () => {
      await using place = await folder({ script: completion([shell]), 'resources/a.yaml': '', 'recorded.sse': '' })
      const { args, setUp } = shells[shell]
      await using screen = startProgramOnScreen(shell, args, { cwd: place.path, env: { HOME: place.path } })
      screen.type(`${setUp}${keys.enter}`)
      await screen.until(/ready>/)
      for (const [typed, got] of cases) {
        screen.type(`dapr-chat ${typed}${keys.tab}${keys.enter}`)
        const shown = await screen.until(/got:([^:]*):/)
        const [, words = ''] = /got:([^:]*):/.exec(shown) ?? []
        // zsh takes a slash back when the line is entered.
        assert.equal(words.trim().replace(/\/$/, ''), got)
      }
      screen.type(`exit${keys.enter}`)
      await screen.exit
    })
  })
}

describe('completion in fish', { skip: missing('fish') }, () => {
  it('offers exactly the commands first, each with what it does', async () => {
    await using place = await folder({ script: completion(['fish']), 'a-file': '' })
    const { stdout } = spawnSync('fish', ['--no-config', '-c', 'source ./script; complete -C "dapr-chat "'], {
      cwd: place.path,
      encoding: 'utf8',
    })
    const offered = stripVTControlCharacters(stdout).trim().split('\n')
    assert.deepEqual(
      offered.map((line) => line.split('\t')),
      Object.entries(commandTable)
        .map(([name, { summary }]) => [name, summary])
        .sort(),
    )
  })
})

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { completion } from '../src/commands/completion.ts'
import { commandTable } from '../src/commands/table.ts'
import { exitCodes } from '../src/exit-code.ts'
import { run } from './command.ts'

/** What bash would offer after these words, by the script itself. */
function offered(...words: string[]): string[] {
  const list = words.map((word) => `'${word}'`).join(' ')
  const script = `${completion(['bash'])}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _dapr_chat; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n')
}

describe('dapr-chat completion', () => {
  it('offers in bash the commands, their words and their flags', () => {
    assert.deepEqual(offered('dapr-chat', ''), [...Object.keys(commandTable), '--help', '--version'])
    assert.deepEqual(offered('dapr-chat', 'do'), ['doctor'])
    assert.deepEqual(offered('dapr-chat', 'components', ''), ['list', 'explain'])
    assert.deepEqual(offered('dapr-chat', 'config', '--a'), ['--against', '--app-id'])
    assert.deepEqual(offered('dapr-chat', 'serve', '--profile'), [''])
  })

  it('names in fish every command and every flag that has an effect', () => {
    const script = completion(['fish'])
    for (const name of Object.keys(commandTable)) assert.match(script, new RegExp(`subcommand -f -a ${name} -d '`))
    assert.match(script, /__fish_seen_subcommand_from serve' -l app-id -s a -r -d '/)
    assert.doesNotMatch(script, /profile-port/)
  })

  it('prints the scripts, and exits with 2 for another shell', async () => {
    assert.match((await run(['completion', 'zsh'])).stdout, /^#compdef dapr-chat\n/)
    const { code, stderr } = await run(['completion', 'csh'])
    assert.match(stderr, /one of bash, zsh, fish/)
    assert.equal(code, 2)
  })

  it('is not all that names every command: the page about them and the help do too', async () => {
    const page = readFileSync(new URL('../../../docs/commands.md', import.meta.url), 'utf8')
    const { stdout } = await run(['--help'])
    for (const name of Object.keys(commandTable)) {
      assert.match(page, new RegExp(`^\\| \`${name}\` +\\|`, 'm'))
      assert.match(stdout, new RegExp(`^  ${name} `, 'm'))
    }
    for (const code of Object.values(exitCodes)) assert.match(page, new RegExp(`^\\| ${code} +\\|`, 'm'))
  })
})

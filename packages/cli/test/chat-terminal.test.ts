import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { echoYaml, folder, startSidecar } from './command.ts'
import { keys, noScreen, type Screen, startOnScreen } from './screen.ts'

describe('dapr-chat chat, on a terminal', { skip: noScreen }, () => {
  let place: Awaited<ReturnType<typeof folder>>
  let sidecar: Awaited<ReturnType<typeof startSidecar>>
  before(async () => {
    place = await folder({ 'c/echo.yaml': echoYaml('echo'), 'c/slow.yaml': echoYaml('slow', '150ms') })
    sidecar = await startSidecar(['--resources-path', join(place.path, 'c')])
  })
  after(async () => {
    await sidecar[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  /** A chat that stands at its prompt, with what it remembers in a folder of its own. */
  async function chat(state: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const terminal = startOnScreen(['chat', '-m', 'echo', ...args], {
      cwd: place.path,
      env: { DAPR_HTTP_ENDPOINT: sidecar.addresses.http, XDG_STATE_HOME: join(place.path, state), ...env },
    })
    await terminal.until(/> $/)
    return terminal
  }

  /** Enters a line and waits for what comes of it. */
  async function enter(terminal: Screen, line: string, pattern: RegExp): Promise<string> {
    terminal.type(`${line}${keys.enter}`)
    return terminal.until(pattern)
  }

  const long = 'one two three four five six seven eight nine ten eleven twelve'

  it('shows the answer, and below it who, how much and how fast', async () => {
    await using terminal = await chat('shows')
    const shown = await enter(terminal, 'hello there', /echo · .*\n.*> $/)
    assert.match(shown, /hello there\nhello there\necho · 2 in \/ 2 out · first \d+ ms(?: · \d+ tok\/s)? · \$0\n/)
    terminal.type(keys.ctrlD)
    assert.equal(await terminal.exit, 0)
  })

  it('begins with the first of several components where none was named, and says so', async () => {
    await using terminal = startOnScreen(['chat'], {
      cwd: place.path,
      env: { DAPR_HTTP_ENDPOINT: sidecar.addresses.http, XDG_STATE_HOME: join(place.path, 'begins') },
    })
    assert.match(
      await terminal.until(/echo> $/),
      /No component was named, so this begins with the first; \/component changes to slow\.\nTalking to echo at /,
    )
  })

  it('stops the answer on Ctrl-C, keeps what came of it, and goes on', async () => {
    await using terminal = await chat('stops', ['-m', 'slow'])
    terminal.type(`${long}${keys.enter}`)
    await terminal.until(/\none two three/)
    terminal.type(keys.ctrlC)
    assert.doesNotMatch(await terminal.until(/ \[stopped\]\n.*> $/), /twelve/)
    const shown = await enter(terminal, '/component echo', /echo> $/)
    assert.match(shown, /Talking to echo\./)
    // Echo repeats all that was said, the part of the answer too.
    assert.match(await enter(terminal, 'go on', /\$0\n.*> $/), /eleven twelve\none two three.*\ngo on\n/)
  })

  it('clears the line on Ctrl-C, gives a hint on an empty one, and leaves with 130 on a second', async () => {
    await using terminal = await chat('clears')
    terminal.type('not to be sent')
    await terminal.until(/sent$/)
    terminal.type(keys.ctrlC)
    assert.doesNotMatch(await enter(terminal, 'sent', /\$0\n.*> $/), /not to be/)
    terminal.type(keys.ctrlC)
    await terminal.until(/Press Ctrl-C again to leave, or use Ctrl-D or \/bye\.\n.*> $/)
    terminal.type(keys.ctrlC)
    assert.equal(await terminal.exit, 130)
  })

  it('only gives the hint again where the second Ctrl-C comes late', async () => {
    await using terminal = await chat('late')
    terminal.type(keys.ctrlC)
    await terminal.until(/Press Ctrl-C again.*\n.*> $/)
    await new Promise((resolve) => setTimeout(resolve, 1_600))
    terminal.type(keys.ctrlC)
    await terminal.until(/Press Ctrl-C again.*\n.*> $/)
    terminal.type(keys.ctrlD)
    assert.equal(await terminal.exit, 0)
  })

  it('leaves with 130 on two presses of Ctrl-C while an answer is made, and with 0 on Ctrl-D', async () => {
    await using terminal = await chat('twice', ['-m', 'slow'])
    terminal.type(`${long}${keys.enter}`)
    await terminal.until(/\none two/)
    terminal.type(keys.ctrlC + keys.ctrlC)
    assert.equal(await terminal.exit, 130)
    await using other = await chat('twice', ['-m', 'slow'])
    other.type(`${long}${keys.enter}`)
    await other.until(/\none two/)
    other.type(keys.ctrlD)
    assert.equal(await other.exit, 0)
    assert.doesNotMatch(other.output, /twelve\r\n.*twelve/)
  })

  it('takes several lines: in quotes, after a backslash, and pasted; Ctrl-C discards them', async () => {
    await using terminal = await chat('lines')
    await enter(terminal, '"""', /\.\.\. $/)
    await enter(terminal, 'first', /\.\.\. $/)
    assert.match(await enter(terminal, 'second"""', /\$0\n.*> $/), /\nfirst\nsecond\necho ·/)
    await enter(terminal, '/clear', /forgotten\.\n.*> $/)
    await enter(terminal, 'third\\', /\.\.\. $/)
    assert.match(await enter(terminal, 'fourth', /\$0\n.*> $/), /\nthird\nfourth\necho ·/)
    await enter(terminal, '/clear', /forgotten\.\n.*> $/)
    terminal.type(keys.pasted('fifth\n/sixth\tx\nseventh'))
    await terminal.until(/seventh$/)
    assert.match(await enter(terminal, '', /\$0\n.*> $/), /\nfifth\n\/sixth\tx\nseventh\necho ·/)
    await enter(terminal, '/clear', /forgotten\.\n.*> $/)
    await enter(terminal, '"""', /\.\.\. $/)
    await enter(terminal, 'lost', /\.\.\. $/)
    terminal.type(keys.ctrlC)
    await terminal.until(/\n.*> $/)
    assert.doesNotMatch(await enter(terminal, 'kept', /\$0\n.*> $/), /lost/)
  })

  it('completes commands, components and files with Tab', async () => {
    await writeFile(join(place.path, 'picture.png'), Buffer.from('89504e470d0a1a0a', 'hex'))
    await using terminal = await chat('completes')
    terminal.type(`/comp${keys.tab}`)
    await terminal.until(/\/component $/)
    terminal.type(`sl${keys.tab}`)
    await terminal.until(/slow$/)
    await enter(terminal, '', /Talking to slow\.\n.*slow> $/)
    terminal.type(`/image pic${keys.tab}`)
    await terminal.until(/picture\.png$/)
    await enter(terminal, '', /1 image will go with the next question\.\n.*> $/)
    terminal.type(`/set temp${keys.tab}`)
    await terminal.until(/temperature$/)
  })

  it('remembers lines from one chat to the next in a file of its owner, unless it is told not to', async () => {
    {
      await using terminal = await chat('remembers')
      await enter(terminal, 'the line to remember', /\$0\n.*> $/)
      terminal.type(keys.ctrlD)
      await terminal.exit
    }
    const file = join(place.path, 'remembers/dapr-chat/history')
    assert.equal(await readFile(file, 'utf8'), 'the line to remember\n')
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    {
      await using terminal = await chat('remembers')
      terminal.type(keys.up)
      await terminal.until(/the line to remember$/)
    }
    await using terminal = await chat('forgets', [], { DAPR_CHAT_NOHISTORY: '1' })
    await enter(terminal, 'not to be remembered', /\$0\n.*> $/)
    terminal.type(keys.ctrlD)
    await terminal.exit
    await assert.rejects(stat(join(place.path, 'forgets/dapr-chat')), { code: 'ENOENT' })
  })

  it('goes on in the last conversation, and in one that was saved', async () => {
    {
      await using terminal = await chat('continues')
      await enter(terminal, 'one', /\$0\n.*> $/)
      terminal.type(keys.ctrlD)
      await terminal.exit
    }
    {
      await using terminal = await chat('continues', ['--continue'])
      assert.match(terminal.output, /Going on in "unnamed-.*", which has 1 turn\./)
      assert.match(await enter(terminal, 'two', /\$0\n.*> $/), /\none\none\ntwo\n/)
      await enter(terminal, '/save numbers', /Saved as "numbers"; the conversation goes on there\.\n.*> $/)
      assert.match(await enter(terminal, '/conversations', /> $/), /numbers +.*, 2 turns, this one: one\n/)
      await enter(terminal, '/clear', /A new conversation begins; "numbers" stays saved\.\n.*> $/)
      assert.match(await enter(terminal, 'alone', /\$0\n.*> $/), /alone\nalone\necho/)
      await enter(terminal, '/load numbers', /Going on in "numbers": 2 turns, the last one: two\n.*> $/)
      await enter(terminal, '/save numbers', /there is one already/)
      await enter(terminal, '/delete numbers', /"numbers" is deleted\.\n.*> $/)
      await enter(terminal, '/load numbers', /Cannot find the conversation/)
    }
  })

  it('writes a message in the editor', async () => {
    await writeFile(join(place.path, 'editor.sh'), '#!/bin/sh\nprintf "from the\\neditor\\n" > "$1"\n', { mode: 0o755 })
    await using terminal = await chat('edits', [], { EDITOR: join(place.path, 'editor.sh') })
    assert.match(await enter(terminal, '/edit', /\$0\n.*> $/), /\nfrom the\neditor\necho/)
    terminal.type(keys.ctrlD)
    assert.equal(await terminal.exit, 0)
  })

  it('writes only answers to a stdout that is a file, without colour', async () => {
    await using terminal = startOnScreen(['chat', '-m', 'echo'], {
      cwd: place.path,
      env: {
        DAPR_HTTP_ENDPOINT: sidecar.addresses.http,
        XDG_STATE_HOME: join(place.path, 'redirected'),
        FORCE_COLOR: '1',
      },
      redirect: '>answers.txt',
    })
    await terminal.until(/> $/)
    await enter(terminal, 'to the file', /\$0\n.*> $/)
    terminal.type(keys.ctrlD)
    assert.equal(await terminal.exit, 0)
    assert.equal(await readFile(join(place.path, 'answers.txt'), 'utf8'), 'to the file\n')
  })

  it('writes no escape sequence at all to a dumb terminal', async () => {
    await using terminal = await chat('dumb', ['-m', 'slow'], { TERM: 'dumb' })
    terminal.type(`one two three${keys.enter}`)
    await terminal.until(/\$0\n.*> $/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
    assert.doesNotMatch(terminal.output, /\u001b/)
  })

  it('uses no colour with --no-color', async () => {
    await using terminal = await chat('plain', ['--no-color'], { FORCE_COLOR: '1' })
    await enter(terminal, 'hello', /\$0\n.*> $/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
    assert.doesNotMatch(terminal.output, /\u001b\[\d+m/)
  })
})

// Starts the command, or says in one line why it cannot. Written so that old versions of Node parse it too: the check
// must run before anything that needs a new one is loaded.
var needed = [22, 18]

/** Runs the command under the name of one of the programs in this folder. */
export function start(program) {
  var running = process.versions.node.split('.').map(Number)
  if (running[0] < needed[0] || (running[0] === needed[0] && running[1] < needed[1])) {
    process.stderr.write(
      program +
        ' needs Node ' +
        needed.join('.') +
        ' or newer, this is ' +
        process.versions.node +
        ': run it with npm start or npx dapr-chat inside the project, which brings its own Node, or install a newer one.\n',
    )
    process.exitCode = 2
    return
  }
  import('../src/main.ts').then((command) =>
    command.main(process.argv.slice(2), program).then((code) => {
      process.exitCode = code
    }),
  )
}

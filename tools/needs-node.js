/**
 * Loaded before every tool by the npm scripts (`node --import`). The tools are TypeScript that Node runs as it stands, so an
 * older Node would stop at the first file with a message about extensions; this says in one line what to do instead.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 24 || (major === 24 && minor < 2)) {
  console.error(
    `Cannot run the project's tools: they need Node 24: current value is ${process.versions.node}: ` +
      'run `npm ci`, which brings Node 24 into node_modules, and start them as npm scripts, for example `npm test`',
  )
  process.exit(1)
}

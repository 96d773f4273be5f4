/** `docs/components.md`: the components side by side, and the tests that prove it. */
import { features } from '@dapr-chat/sidecar/testing'
import { contractFolder, type DocumentedComponent, featureNames, verdict } from './component.ts'
import { cell, code, generatedNote, sentence, table } from './markdown.ts'

/** The whole page. */
export function componentsPage(components: readonly DocumentedComponent[]): string {
  return `${[
    generatedNote,
    '# The nine components',
    'A component is one YAML file: which vendor, which key, which model. Each type has a page with its settings:',
    table(
      ['type', 'what it asks'],
      components.map(({ name, definition }) => [
        `[${definition.type}](components/${name}.md)`,
        cell(sentence(definition.description)),
      ]),
    ),
    `An editor that knows YAML completes and checks component files that begin with this line, with the way from the file to
[schemas/component.json](schemas/component.json):`,
    '```yaml\n# yaml-language-server: $schema=../docs/schemas/component.json\n```',
    `It knows the secret stores too. Resources of the kinds Resiliency and Configuration have
[schemas/resiliency.json](schemas/resiliency.json) and [schemas/configuration.json](schemas/configuration.json).`,
    'What becomes of the parameters of a request, in OpenAI’s names or a vendor’s: see [parameters.md](parameters.md).',
    'A kind of component that is not here can be added: see [providers.md](providers.md).',
    '## Side by side',
    `This table is generated from the data that the contract's tests read. A "yes" is a test that passes. "Emulated" is one
that passes by other means than the vendor's own, and "passed on" one that passes as far as it is up to us; the rest is up
to the vendor's server. The page of the component says what is behind these, and why "no"; where a request can ask a
vendor for what it does not have, a test shows that it is refused with an error and never dropped in silence. The tests
speak to scripted vendors; ${code('npm run test:live')} asks the real ones whose keys are in the environment.`,
    sideBySide(components),
    'Azure OpenAI is `conversation.openai` with `apiType: azure`; [its own run](../packages/sidecar/src/providers/openai/azure-contract.test.ts) of the same tests\nproves the same.',
    `## Proven by

The contract is the same for every provider and speaks each vendor's own wire to it. It stands in
[${contractFolder}](../${contractFolder}) and is run by the test of each provider:`,
    table(
      ['component', 'test'],
      components.map(({ name, test }) => [name, link(test)]),
    ),
    'These tests of it prove the rows above:',
    table(
      ['feature', 'tests', 'file'],
      featureNames.map((feature) => [
        feature,
        features[feature].tests.map((name) => `"${name}"`).join(', '),
        link(`${contractFolder}/${features[feature].file}`),
      ]),
    ),
    `Beside the rows, the contract holds every provider that asks a vendor to the same behaviour when something goes wrong:
refusals with every status are typed and say when to come back; a truncated, reset or stalled answer delivers what came
and then fails; an answer is the same wherever the network cuts it; a slow reader slows the vendor down; no key stands in
any error. ${code('conversation.echo')} asks nobody, so these do not concern it.`,
  ].join('\n\n')}\n`
}

function sideBySide(components: readonly DocumentedComponent[]): string {
  const rows = featureNames.map((feature) => [feature, ...components.map(({ supports }) => verdict(supports(feature)))])
  return table(['', ...components.map(({ name }) => `[${name}](components/${name}.md#what-works)`)], rows)
}

function link(path: string): string {
  return `[${path.slice(path.lastIndexOf('/') + 1)}](../${path})`
}

/** The page of one kind of component: `docs/components/NAME.md`. */
import { type Setting, shownDefault } from '@dapr-chat/sidecar'
import { type DocumentedComponent, featureNames, verdict } from './component.ts'
import { componentYaml } from './component-examples.ts'
import { cell, code, generatedNote, sentence, table } from './markdown.ts'

/** The whole page. */
export function componentPage(component: DocumentedComponent): string {
  const { definition, example, test } = component
  return `${[
    generatedNote,
    `# ${definition.type}`,
    `${sentence(definition.description)} One of the [nine components](../components.md).`,
    `## Example\n\n\`\`\`yaml\n# yaml-language-server: $schema=../docs/schemas/component.json\n${componentYaml(example)}\`\`\``,
    `## Settings\n\nThe entries of \`spec.metadata\`. Names are read without regard to case.\n\n${settingsTable(component)}`,
    `## What works\n\n${featuresTable(component)}`,
    `Proven by [${test.slice(test.lastIndexOf('/') + 1)}](../../${test}), which puts the component through the contract of all providers.`,
  ].join('\n\n')}\n`
}

function settingsTable({ definition }: DocumentedComponent): string {
  const rows = Object.entries(definition.settings).map(([name, setting]) => [
    [name, ...(setting.aliases ?? [])].map(code).join(', '),
    setting.type,
    setting.required ? 'required' : code(shownDefault(setting)),
    cell(meaning(setting)),
  ])
  return table(['name', 'type', 'default', 'meaning'], rows)
}

function meaning({ description, choices, environment, sensitive }: Setting): string {
  return [
    sentence(description),
    ...(choices ? [`One of ${choices.map(code).join(', ')}.`] : []),
    // Some descriptions say so themselves, in better words.
    ...(environment && !description.includes(environment)
      ? [`The environment variable ${environment} wins over it.`]
      : []),
    ...(sensitive ? ['Secret: never logged or shown.'] : []),
  ].join(' ')
}

function featuresTable(component: DocumentedComponent): string {
  const rows = featureNames.map((feature) => {
    const support = component.supports(feature)
    const refused = support.state === 'refused' ? 'Refused with an error: ' : ''
    const reason = refused + support.reason
    return [feature, verdict(support), cell(reason && sentence(reason[0]?.toUpperCase() + reason.slice(1)))]
  })
  return table(['feature', 'works', 'how, or why not'], rows)
}

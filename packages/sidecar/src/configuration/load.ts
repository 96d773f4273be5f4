/** The files with Configuration resources, read and merged. The composition root calls it once. */
import { ComponentError } from '../components/component-error.ts'
import { DocumentError, YamlDocument } from '../components/document.ts'
import { splitDocuments } from '../components/manifest.ts'
import type { Report } from '../components/report.ts'
import { type Environment, environmentValue } from '../components/value.ts'
import { readYamlFile } from '../components/yaml-file.ts'
import { type Configuration, defaultConfiguration } from './configuration.ts'
import { passedOverMetrics } from './metrics.ts'
import { readConfiguration } from './read.ts'

/** What loading needs to know of its sidecar. */
export interface LoadConfigurationOptions {
  /** Where `${VAR}` is looked up. */
  readonly environment: Environment
  /** Is told what is passed over. */
  readonly report: Report
}

/**
 * Reads the files in order; what a later one says wins, field by field.
 * @throws ComponentError for a file that cannot be read or says something that cannot be followed: a sidecar with less
 * closed than its operator wanted must not start.
 */
export async function loadConfiguration(
  files: readonly string[],
  { environment, report }: LoadConfigurationOptions,
): Promise<Configuration> {
  let configuration = defaultConfiguration
  for (const file of files) {
    try {
      const text = expandVariables(await readText(file), environment)
      for (const { source, line } of splitDocuments(text)) {
        const document = new YamlDocument(source, line)
        if (document.at() === null || document.at() === undefined) continue
        if (document.at('kind') !== 'Configuration') {
          report.warn(`${file}:${document.line('kind')} skipped: only resources of kind Configuration are read here`)
          continue
        }
        configuration = { ...configuration, ...readConfiguration(document) }
        const passedOver = (['metric', 'metrics'] as const).flatMap((name) => passedOverMetrics(document, name))
        if (passedOver.length > 0) {
          report.warn(`${file}:${document.line('spec')} spec.${passedOver.join(', spec.')} passed over: not known here`)
        }
      }
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error
      throw new ComponentError(`Cannot load the configuration from ${file}:${error.line}: ${error.message}`)
    }
  }
  return configuration
}

/** daprd fills variables into the text before it reads it; one that is not set leaves nothing. */
function expandVariables(text: string, environment: Environment): string {
  return text.replaceAll(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => environmentValue(environment, name) ?? '')
}

async function readText(file: string): Promise<string> {
  return readYamlFile(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause instanceof DocumentError) throw cause
    const value = cause.code === 'ENOENT' ? 'it does not exist' : cause.message
    throw new ComponentError(`Cannot load the configuration from "${file}": it must be a file: ${value}`, { cause })
  })
}

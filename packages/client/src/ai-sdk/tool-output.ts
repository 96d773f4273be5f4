/** What a tool returned, as the AI SDK gives it, in the text that the model reads. */
import type { LanguageModelV3ToolResultOutput, LanguageModelV4ToolResultOutput } from '@ai-sdk/provider'
import type { ModelWarning } from './model-settings.ts'

type ToolOutput = LanguageModelV4ToolResultOutput | LanguageModelV3ToolResultOutput
type ContentOutput = Extract<ToolOutput, { readonly type: 'content' }>

/** The text. Parts that are no text are named in it, and in a warning. */
export function toolOutputText(output: ToolOutput, warnings: ModelWarning[]): string {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return output.value
    case 'json':
    case 'error-json':
      return JSON.stringify(output.value)
    case 'execution-denied':
      return output.reason ?? 'The call of this tool was not approved.'
    case 'content':
      return output.value.map((part) => contentText(part, warnings)).join('\n')
  }
}

/** Whether the tool failed or was not allowed to run. */
export function isToolError({ type }: ToolOutput): boolean {
  return type === 'error-text' || type === 'error-json' || type === 'execution-denied'
}

function contentText(part: ContentOutput['value'][number], warnings: ModelWarning[]): string {
  if (part.type === 'text') return part.text
  if (part.type === 'file' && part.data.type === 'text') return part.data.text
  const name = 'mediaType' in part && part.mediaType !== undefined ? part.mediaType : part.type
  const details = 'The model reads the results of tools as text, and is told only that it was there.'
  warnings.push({ type: 'unsupported', feature: `${name} in the result of a tool`, details })
  return `[${name}]`
}

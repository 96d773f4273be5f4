/** A call of a tool as the model wrote it: the name and the arguments. */

interface ToolCallProps {
  readonly name: string
  readonly arguments: string
}

export function ToolCall({ name, arguments: given }: ToolCallProps) {
  return (
    <pre class="tool-call">
      {name}({given})
    </pre>
  )
}

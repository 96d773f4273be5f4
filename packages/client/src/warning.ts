/** Something that was done otherwise than asked, and why. */
export interface ChatWarning {
  /**
   * `simulated_stream`: a whole answer is shown as a stream. `left_out`: the runtime does not carry an option, and the
   * question was sent without it. `unverified`: nobody can tell whether the runtime carries it. `tool_name`: the model
   * wrote a tool's name in another way, and the tool was run all the same.
   */
  readonly code: 'simulated_stream' | 'left_out' | 'unverified' | 'tool_name'
  readonly message: string
  /** The option that it is about. */
  readonly option?: string
}

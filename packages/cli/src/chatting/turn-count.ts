/** `1 turn`, `2 turns`: how many a conversation has, wherever a chat says so. */
export function turnCount({ length }: { readonly length: number }): string {
  return length === 1 ? '1 turn' : `${length} turns`
}

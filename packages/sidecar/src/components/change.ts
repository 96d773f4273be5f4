/** What a reload changed, found by comparing what there is with what there was. Whatever can be reloaded says it so. */

/** One thing that is not as it was. */
export interface Change {
  readonly name: string
  readonly what: 'added' | 'reloaded' | 'removed'
  /** The file that it is in, or was in. */
  readonly file: string
}

/** A named thing from a file. */
export interface Placed {
  readonly name: string
  readonly file: string
  /** The thing itself: the same object as long as nothing about it changes. */
  readonly value: unknown
}

/** The changes, removals last. Of things that share a name the last one counts. */
export function changesBetween(before: readonly Placed[], after: readonly Placed[]): Change[] {
  const old = new Map(before.map((placed) => [placed.name, placed]))
  const now = new Map(after.map((placed) => [placed.name, placed]))
  const changes: Change[] = []
  for (const { name, file, value } of now.values()) {
    const known = old.get(name)
    if (!known) changes.push({ name, what: 'added', file })
    else if (known.value !== value) changes.push({ name, what: 'reloaded', file })
  }
  for (const { name, file } of old.values()) if (!now.has(name)) changes.push({ name, what: 'removed', file })
  return changes
}

/**
 * The import directions of the project as data: which package and which folder may import which. `check-imports.ts` applies
 * them. Whoever adds a folder to the sidecar adds a line here.
 */

/** Which of our packages a package may import; its tests are held to the same. */
export const packageDirections: Readonly<Record<string, readonly string[]>> = {
  'packages/protocol': [],
  'packages/client': ['@dapr-chat/protocol'],
  'packages/sidecar': ['@dapr-chat/protocol'],
  'packages/console': ['@dapr-chat/protocol'],
  'packages/cli': ['@dapr-chat/client', '@dapr-chat/sidecar'],
}

/** Where the sidecar's folders stand. */
export const sidecarSource = 'packages/sidecar/src'

/**
 * Which folders of the sidecar, and which of our packages, a folder of the sidecar may import. Files that stand directly in
 * `src` put the folders together and may import all of them; no folder imports such a file, except `sharedFiles`.
 */
export const sidecarDirections: Readonly<Record<string, readonly string[]>> = {
  server: [],
  observability: ['components', 'configuration', '@dapr-chat/protocol'],
  pipeline: ['@dapr-chat/protocol'],
  store: ['@dapr-chat/protocol'],
  usage: ['store', '@dapr-chat/protocol'],
  policies: ['components'],
  configuration: ['components'],
  reload: ['components'],
  middleware: ['observability', 'pipeline', 'policies', 'store', '@dapr-chat/protocol'],
  providers: ['@dapr-chat/protocol'],
  components: ['providers', '@dapr-chat/protocol'],
  api: ['components', 'configuration', 'pipeline', 'observability', 'server', 'store', 'usage', '@dapr-chat/protocol'],
}

/** Files in the sidecar's `src` that every folder may import, and that import nothing of ours. */
export const sharedFiles: readonly string[] = [`${sidecarSource}/settings.ts`, `${sidecarSource}/version.ts`]

/** Code that runs in browsers too: nothing there may import what only Node has. */
export const portable: readonly { readonly folder: string; readonly except: readonly string[] }[] = [
  { folder: 'packages/protocol/src/', except: [] },
  { folder: 'packages/console/src/', except: [] },
  // These are subpaths of their own, for Node; what they alone need is named after them.
  { folder: 'packages/client/src/', except: ['packages/client/src/grpc', 'packages/client/src/file-store'] },
]

/** What only Node has: beginnings of specifiers. */
export const nodeOnly: readonly string[] = ['node:', '@grpc/']

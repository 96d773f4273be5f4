/** Which of the two places for conversations the settings choose: a file of this machine, or a state store of Dapr. */
import type { SidecarSettings } from '../settings.ts'
import type { StorePlace } from './conversation-store.ts'
import { DaprStatePlace } from './dapr-state/dapr-state-place.ts'
import { StoreFile } from './store-file.ts'

/**
 * The place of a sidecar's store. Nothing is opened.
 * @param warn is told what an operator should look into.
 * @throws RangeError where the settings name a state store that cannot be asked.
 */
export function storePlace(settings: SidecarSettings, warn: (message: string) => void): StorePlace {
  const { storeDaprState: name, storePath, storeMaxBytes } = settings
  return name === undefined ? new StoreFile(storePath, storeMaxBytes) : new DaprStatePlace({ name, settings, warn })
}

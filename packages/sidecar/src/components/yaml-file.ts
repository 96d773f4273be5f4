/** Reads the files that resources stand in. The loaders of components, policies and configurations share it. */
import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { DocumentError } from './document.ts'

/** How often a file that is just being written is looked at, and how long after the look before, in milliseconds. */
const LOOKS = 10
const PAUSE_MS = 50

/**
 * The text of a file, without a byte order mark.
 * @param hadResources whether there were resources in the file before. Most programs empty a file before they write it,
 * so that one found empty is looked at again for half a second.
 * @throws DocumentError where it is not UTF-8, and the system's error where it cannot be read.
 */
export async function readYamlFile(file: string, hadResources = false): Promise<string> {
  let bytes = await readFile(file)
  for (let look = 1; hadResources && bytes.length === 0 && look < LOOKS; look++) {
    await pause(PAUSE_MS)
    bytes = await readFile(file)
  }
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  if (isUtf8(bytes)) return text
  const line = text.slice(0, text.indexOf('\uFFFD')).split('\n').length
  throw new DocumentError(line, 'the file must be UTF-8')
}

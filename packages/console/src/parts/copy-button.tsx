/** A button that copies a text, and says that it did. */
import { useState } from 'preact/hooks'
import { announce } from './status.tsx'

/** How long it says so, in milliseconds. */
const SAID_MS = 1_500

/** @param what names the text for those who do not see what it stands beside. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState(false)
  async function copy() {
    if (!(await putOnClipboard(text))) return announce(`Cannot copy ${what}: the browser does not allow it`)
    setCopied(true)
    announce(`Copied ${what}`)
    setTimeout(() => setCopied(false), SAID_MS)
  }
  return (
    <button type="button" class="quiet" onClick={() => void copy()} aria-label={`Copy ${what}`}>
      {copied ? 'Copied' : 'Copy'}
    </button>
  )
}

/** Browsers have a clipboard only on TLS and on loopback. */
async function putOnClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

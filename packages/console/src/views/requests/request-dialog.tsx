/** One request, opened beside the log. `j` and `k` go to the next and the previous one, Esc closes. */
import type { CallDetail, CallSummary } from '@dapr-chat/protocol/console'
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { readCall } from '../../api/console.ts'
import { Problem } from '../../parts/notice.tsx'
import { listen } from '../../state/live.ts'
import { logHref } from '../../state/log-address.ts'
import { go } from '../../state/route.ts'
import { RequestDetail } from './request-detail.tsx'

interface RequestDialogProps {
  readonly id: string
  readonly calls: readonly CallSummary[]
  readonly search: string
}

export function RequestDialog({ id, calls, search }: RequestDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const detail = useSignal<CallDetail | undefined>(undefined)
  const problem = useSignal<string | undefined>(undefined)
  useEffect(() => dialog.current?.showModal(), [])
  useEffect(() => {
    const read = async () => {
      try {
        const found = await readCall(id)
        detail.value = found
        problem.value = undefined
      } catch (error) {
        problem.value = error instanceof Error ? error.message : String(error)
      }
    }
    const changed = (changes: readonly CallSummary[]) => {
      if (changes.some((call) => call.id === id)) void read()
    }
    void read()
    return listen({ changed, missed: () => void read() })
  }, [id])

  function onKeyDown(event: KeyboardEvent) {
    const step = { j: 1, k: -1 }[event.key]
    const isTyping = (event.target as HTMLElement).matches('input, textarea, select')
    if (step === undefined || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
    const other = calls[calls.findIndex((call) => call.id === id) + step]
    if (other) go(logHref(search, other.id), { replace: true })
  }

  const call = detail.value?.id === id ? detail.value : undefined
  return (
    <dialog
      ref={dialog}
      class="drawer"
      aria-labelledby="request-title"
      onClose={() => go(logHref(search))}
      onClick={({ target, currentTarget }) => {
        // A click that hits nothing inside hits the backdrop.
        if (target === currentTarget) dialog.current?.close()
      }}
      onKeyDown={onKeyDown}
    >
      <div class="sheet">
        <div class="bar">
          <h2 id="request-title">Request</h2>
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
        <Problem text={problem.value} />
        {call && <RequestDetail call={call} />}
      </div>
    </dialog>
  )
}

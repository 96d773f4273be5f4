/** The page as a whole: header, the view that the address names, and the one place for news. */
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Problem } from './parts/notice.tsx'
import { Status } from './parts/status.tsx'
import { startLive } from './state/live.ts'
import { route, type View } from './state/route.ts'
import { session } from './state/session.ts'
import { ComponentsView } from './views/components.tsx'
import { ConversationsView } from './views/conversations.tsx'
import { Header } from './views/header.tsx'
import { Login } from './views/login.tsx'
import { OverviewView } from './views/overview.tsx'
import { PlaygroundView } from './views/playground.tsx'
import { RequestsView } from './views/requests.tsx'

const viewOf: Readonly<Record<View, () => JSX.Element>> = {
  overview: OverviewView,
  requests: RequestsView,
  conversations: ConversationsView,
  components: ComponentsView,
  playground: PlaygroundView,
}

export function App() {
  const state = session.state.value
  useEffect(session.look, [])
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </button>
      <Header about={state.kind === 'open' ? state.about : undefined} />
      <main id="main" tabIndex={-1}>
        {state.kind === 'login' && <Login problem={state.problem} />}
        {state.kind === 'unreachable' && <Problem text={state.problem} />}
        {state.kind === 'open' && <Pages />}
      </main>
      <Status />
    </>
  )
}

function Pages() {
  const { view } = route.value
  const isFirst = useRef(true)
  useEffect(startLive, [])
  useEffect(() => {
    document.title = `${view[0]?.toUpperCase()}${view.slice(1)} · dapr-chat`
    // Whoever follows a link of the navigation reads on in the new view; whoever opens the page begins at its top.
    if (!isFirst.current) document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
    isFirst.current = false
    scrollTo(0, 0)
  }, [view])
  const Current = viewOf[view]
  return <Current />
}

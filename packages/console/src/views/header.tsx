/** What stands above every view: where one can go, whether the page is live, and light or dark. */
import type { ConsoleSession } from '@dapr-chat/protocol/console'
import { connection, paused, setPaused } from '../state/live.ts'
import { hrefOf, route, type View, views } from '../state/route.ts'
import { session } from '../state/session.ts'
import { setTheme, type Theme, theme, themes } from '../state/theme.ts'

const titles: Readonly<Record<View, string>> = {
  overview: 'Overview',
  requests: 'Requests',
  conversations: 'Conversations',
  components: 'Components',
  playground: 'Playground',
}

/** @param about absent where nobody has logged in: then there is nowhere to go. */
export function Header({ about }: { readonly about: ConsoleSession | undefined }) {
  const appId = about?.appId
  return (
    <header class="top">
      <a class="brand" href={hrefOf('overview')}>
        dapr-chat {appId && <span class="soft">{appId}</span>}
      </a>
      {appId !== undefined && (
        <nav aria-label="Pages">
          <ul>
            {views.map((view) => (
              <li key={view}>
                <a href={hrefOf(view)} aria-current={route.value.view === view ? 'page' : undefined}>
                  {titles[view]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <div class="tools">
        {about && <LiveButton />}
        {about?.loggedIn && (
          <button type="button" onClick={() => void session.leave()}>
            Log out
          </button>
        )}
        <label>
          <span class="visually-hidden">Colours</span>
          <select value={theme.value} onChange={({ currentTarget }) => setTheme(currentTarget.value as Theme)}>
            {themes.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
      </div>
    </header>
  )
}

function LiveButton() {
  const word = paused.value
    ? 'Paused'
    : { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting' }[connection.value]
  return (
    <button
      type="button"
      class={`live ${paused.value ? 'paused' : connection.value}`}
      title={paused.value ? 'Let the page change by itself again' : 'Stop the page from changing by itself'}
      onClick={() => setPaused(!paused.value)}
    >
      <span class="dot" aria-hidden="true" />
      {word}
      <span class="visually-hidden">{paused.value ? ': go on' : ': pause'}</span>
    </button>
  )
}

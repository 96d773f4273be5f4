/** The routes under `/api/console/`, typed. */
import type {
  CallDetail,
  CallList,
  ComponentList,
  ConsoleLogin,
  ConsoleSession,
  Overview,
  OverviewWindow,
} from '@dapr-chat/protocol/console'
import { getJson, send } from './http.ts'

const BASE = '/api/console'

export function readSession(): Promise<ConsoleSession> {
  return getJson(`${BASE}/session`)
}

/** @throws ApiError 401 where the token is wrong. */
export async function logIn(token: string): Promise<void> {
  const login: ConsoleLogin = { token }
  await send(`${BASE}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(login),
  })
}

export async function logOut(): Promise<void> {
  await send(`${BASE}/logout`, { method: 'POST' })
}

export function readOverview(window: OverviewWindow): Promise<Overview> {
  return getJson(`${BASE}/overview?window=${window}`)
}

/** @param query what `CallList` says, without the question mark. */
export function readCalls(query: URLSearchParams): Promise<CallList> {
  return getJson(`${BASE}/calls?${query}`)
}

export function readCall(id: string): Promise<CallDetail> {
  return getJson(`${BASE}/calls/${encodeURIComponent(id)}`)
}

export async function readComponents(): Promise<ComponentList['components']> {
  return (await getJson<ComponentList>(`${BASE}/components`)).components
}

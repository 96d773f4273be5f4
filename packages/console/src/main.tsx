/** Where the page begins. */
import { render } from 'preact'
import { App } from './app.tsx'
import { followAddress } from './state/route.ts'
import { startTheme } from './state/theme.ts'

startTheme()
followAddress()
const root = document.getElementById('app')
if (root) render(<App />, root)

// The pages beside bull-board: what it has no place for. Everything on them comes from the management API.

import { render } from 'preact'
import { App } from './app.tsx'
import { followTheme } from './theme.ts'

followTheme()
render(<App />, document.getElementById('root') as HTMLElement)

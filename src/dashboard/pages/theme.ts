/** Where bull-board, on the same host, keeps what was chosen in it. */
const SETTINGS = 'board-settings'

/** Looks as bull-board does: light or dark as chosen there, and else as the system is. */
export function followTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const apply = (): void => {
    const theme = chosenTheme(keptSettings())
    const isDark = theme === 'dark' || (theme !== 'light' && system.matches)
    document.documentElement.classList.toggle('dark', isDark)
  }
  system.addEventListener('change', apply)
  // Told to the other tabs when one of them changes it.
  addEventListener('storage', apply)
  apply()
}

/** Browsers may be told to keep nothing, and to refuse to look. */
function keptSettings(): string | null {
  try {
    return localStorage.getItem(SETTINGS)
  } catch {
    return null
  }
}

/** Undefined for what cannot be read: it is another program's. */
export function chosenTheme(settings: string | null): unknown {
  try {
    return (JSON.parse(settings ?? '') as { state?: { theme?: unknown } }).state?.theme
  } catch {
    return undefined
  }
}

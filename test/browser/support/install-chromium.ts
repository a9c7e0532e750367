// Which Chromium tests run in: one of Debian's packages.

import { installDebianPrograms } from '../../support/debian-packages.ts'

const FONTS = ['fonts-liberation', 'fonts-dejavu-core']

/** Of the same sources: Chromium without its windows takes a third of the time to show a page. */
const SHELL = ['chromium-headless-shell', ...FONTS]
const WHOLE = ['chromium', ...FONTS]

/** A Chromium that is there, or why there is none. */
export type Chromium =
  | { readonly version: string; readonly executable: string }
  | { readonly missing: string }

/** The one that this machine has, or gets. */
export function installChromium(): Chromium {
  const { shell } = installDebianPrograms({ shell: SHELL })
  if (!('missing' in shell)) return { ...shell, executable: '/usr/bin/chromium-headless-shell' }
  const { whole } = installDebianPrograms({ whole: WHOLE })
  return 'missing' in whole ? whole : { ...whole, executable: '/usr/bin/chromium' }
}

// Bull-board's page, which is the same for all that it shows: what stands in it is filled in here, since
// there is nothing in it that would need a template engine.

import type { UIConfig } from '@bull-board/api/typings/app'

const FONTS = /<link\b[^>]*\bhref="https?:[^>]*>\s*/g
const PLACE = /<%([=-])\s*(\w+)\s*%>/g

/** `template` is what bull-board ships. What it would load from elsewhere is left out. */
export function boardPage(template: string, values: Readonly<Record<string, string>>): string {
  const filled = template
    .replaceAll(FONTS, '')
    .replaceAll(PLACE, (_, kind: string, name: string) => {
      const value = values[name]
      if (value === undefined) throw new Error(`bull-board's page has a place for ${name}`)
      return kind === '=' ? inHtml(value) : value
    })
  return filled.replace('</head>', '<link href="board.css" rel="stylesheet"></head>')
}

/** What a page may have within: nothing ends the element that it stands in. */
export function pageValues(basePath: string, uiConfig: UIConfig): Record<string, string> {
  const { boardTitle = '', favIcon } = uiConfig
  return {
    basePath,
    title: boardTitle,
    favIconDefault: favIcon?.default ?? '',
    favIconAlternative: favIcon?.alternative ?? '',
    uiConfig: JSON.stringify(uiConfig).replaceAll('<', '\\u003c'),
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const inHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { boardPage, pageValues } from '../../../src/dashboard/board/board-page.ts'
import { UI_CONFIG, uiConfigFor } from '../../../src/dashboard/board/ui-config.ts'

const ui = dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json'))
const template = readFileSync(join(ui, 'dist/index.ejs'), 'utf8')

describe('the page of the dashboard', () => {
  it('loads nothing from elsewhere, and has no script of its own', () => {
    expect(template).toContain('fonts.googleapis.com')
    const page = boardPage(template, pageValues('/ui/', UI_CONFIG))
    expect(page).not.toMatch(/(href|src)="(https?:)?\/\//)
    expect(page).not.toContain('<%')
    expect(page).not.toMatch(/<script(?![^>]*( src=| type="application\/json"))/)
    expect(page).toContain('<base href="/ui/" />')
    expect(page).toContain('<title>Leveret</title>')
  })

  it('is not ended by what stands in it', () => {
    const hostile = '</script><img src=x onerror=alert(1)>"\''
    const page = boardPage(template, pageValues('/ui/', { ...UI_CONFIG, boardTitle: hostile }))
    expect(page).not.toContain('<img')
    const [, json = ''] = /type="application\/json">(.*?)<\/script>/s.exec(page) ?? []
    expect(JSON.parse(json).boardTitle).toBe(hostile)
  })

  it('has no place that nobody fills', () => {
    expect(() => boardPage('<head></head><%= other %>', {})).toThrow('a place for other')
  })

  it('says when not all queues are shown', () => {
    expect(uiConfigFor(500, 500, UI_CONFIG)).toBe(UI_CONFIG)
    expect(uiConfigFor(2010, 500, UI_CONFIG).environment?.label).toContain(
      'First 500 of 2,010 queues',
    )
  })
})

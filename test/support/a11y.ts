import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { overflow } from './browser.ts'

/** WCAG 2.2 AA by axe, and no sideways scrolling. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    // A letter in its frame is looked at by the tests of the mail.
    .exclude('iframe')
    .options({ resultTypes: ['violations'] })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  const found = violations.map(
    (v) =>
      `${v.id}: ${v.help}\n${v.nodes.map((n) => `    ${n.html}\n    ${n.failureSummary?.replace(/\n/g, ' ')}`).join('\n')}`,
  )
  expect(found.join('\n'), name).toBe('')
  expect(await overflow(page), `${name} is wider than the screen`).toBe(0)
}

/** Colours alone, after a change of scheme: everything else of a page is the same in both. A busy machine paints late: looked at up to three times. */
export async function expectContrast(page: Page, name: string): Promise<void> {
  for (let look = 1; ; look++) {
    // The new colours are there with the second frame.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
    const { violations } = await new AxeBuilder({ page })
      .exclude('iframe')
      .options({ resultTypes: ['violations'] })
      .withRules(['color-contrast', 'link-in-text-block'])
      .analyze()
    const found = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html} ${n.failureSummary}`))
    if (found.length && look < 3) await page.waitForTimeout(500)
    else return expect(found.join('\n'), name).toBe('')
  }
}

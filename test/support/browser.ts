import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

// No services of the browser's own: they look for hosts that a closed machine does not have.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]

/** The Chromium inside the npm package: unpacked to a private folder, since its own place is fixed and shared. */
async function packagedChromium(): Promise<string> {
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs24.x'
  const shared = process.env.TMPDIR
  const folder = join(process.env.SHARED_TMPDIR ?? tmpdir(), `hoithao-chromium-${process.getuid?.() ?? 0}`)
  mkdirSync(folder, { recursive: true })
  process.env.TMPDIR = folder
  try {
    const { default: sparticuz } = await import('@sparticuz/chromium')
    return await sparticuz.executablePath()
  } finally {
    if (shared === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = shared
  }
}

/**
 * The packaged browser's fonts, and the system's where it has some. The package's own list names fixed places, which are
 * empty here: without any font Chromium ends in Skia.
 */
function fontsOf(home: string, executablePath: string): string {
  const folders = [join(dirname(executablePath), 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts']
  const file = join(home, 'fonts.conf')
  const dirs = folders.map((folder) => `<dir>${folder}</dir>`).join('')
  writeFileSync(
    file,
    `<?xml version="1.0"?><fontconfig>${dirs}<cachedir>${join(home, 'fonts')}</cachedir></fontconfig>`,
  )
  return file
}

/** A real Chromium: CHROMIUM_PATH, else Debian's, else the packaged one. */
export async function launchBrowser(): Promise<Browser & { cleanUp(): Promise<void> }> {
  const system = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find((path) => path && existsSync(path))
  const executablePath = system ?? (await packagedChromium())
  const home = mkdtempSync(join(tmpdir(), 'hoithao-browser-'))
  const env = { ...process.env, HOME: home } as Record<string, string>
  delete env.FONTCONFIG_PATH
  if (!system) env.FONTCONFIG_FILE = fontsOf(home, executablePath)
  const browser = await chromium.launch({ executablePath, args, headless: true, env })
  return Object.assign(browser, {
    async cleanUp() {
      await browser.close()
      rmSync(home, { recursive: true, force: true })
    },
  })
}

export const sizes = {
  phone: { width: 360, height: 780 },
  delegate: { width: 390, height: 845 },
  desk: { width: 1280, height: 900 },
} as const

/** Saves a picture to look at under test/.screenshots/ (not committed). */
export async function shot(page: Page, name: string, folder = 'test/.screenshots'): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

/** No page may scroll sideways; scripts may still be fitting it. @returns how many px it is too wide, 0 when it fits */
export async function overflow(page: Page): Promise<number> {
  const wide = () =>
    page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth))
  for (let look = 1; look < 3 && (await wide()); look++) await page.waitForTimeout(300)
  return wide()
}

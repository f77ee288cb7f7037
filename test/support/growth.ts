/** Hostile texts of a length: what makes readers look again at what they have read. */
export const hostile: Record<string, (n: number) => string> = {
  ...Object.fromEntries(
    [
      'a',
      ' ',
      '\t',
      '\n',
      '0',
      '.',
      '-',
      '"',
      '<',
      '>',
      '[',
      '(',
      '*',
      '_',
      '`',
      '~',
      '\\',
      '&',
      '%',
      '=',
      ';',
      ',',
      '/',
      '|',
      ':',
      '@',
      '\u0301',
      'đ',
      '⟦',
      '\r',
    ].map((letter) => [`${JSON.stringify(letter)}…`, (n: number) => letter.repeat(n)]),
  ),
  ...Object.fromEntries(
    [
      'a.',
      'a@',
      'a@b.',
      'a@b',
      '_a__b_',
      '*a ',
      '**a *a ',
      'a**b',
      '*a_ ',
      '[a](',
      '[a',
      '![',
      'a]',
      '[]',
      '`a``',
      '<a ',
      '<!--',
      '<?',
      '<![CDATA[',
      '<a href="',
      '- ',
      '- a\n',
      '1. ',
      '> - ',
      '> a\n',
      '> a\nb\n',
      '- a\n\n',
      '|a',
      '|a|\n|-|\n\n',
      '[a]: b\n',
      '[a](b "',
      'a  \n',
      'a\\\n',
      'a\n=\n',
      '```\n',
      '~a~~b',
      'http://',
      'www.',
      'https://a.b/',
      'a ',
      ' a',
      '\n ',
      '\r\n',
      ' \n\n',
      '\n\n',
      'a\n\n',
      '0.',
      '0,',
      '1-',
      'q=',
      ', ',
      '; ',
      ';a=',
      ';a="',
      '"a',
      'W/"a",',
      'gzip;q=0,',
      'bytes=0-,',
      'BEGIN:VEVENT\r\n',
      'X;A="',
      '\\n',
      '&#',
      '&amp',
      '<w:t ',
      '/Names ',
      '1 0 obj ',
      '::',
      '1.1.1.1, ',
      '::ffff:',
      '=?a?',
      "UTF-8''",
      '%2',
      '\ud800',
      'e\u0301\u0323',
      '⟦link:a',
      '“a',
      'http://a/c/',
      '/i/',
      'Ủy ',
    ].map((pair) => [`${JSON.stringify(pair)}…`, (n: number) => pair.repeat(Math.ceil(n / pair.length)).slice(0, n)]),
  ),
  'nearly an address': (n) => `${'a.'.repeat(n / 2)}@`,
  'deep in quotations': (n) => `${'>'.repeat(n)}x`,
  'deep in lists': (n) => `${'- '.repeat(n / 2)}a`,
  'lists indented ever more': (n) => steps(n, (i) => `${' '.repeat(2 * i)}- a\n`),
  'ticks ever more': (n) => steps(n, (i) => `e${'`'.repeat(i)}`),
  'lazy lines below quotations': (n) => `${'> '.repeat(50)}a\n${'b\n'.repeat(n / 2)}`,
  'wide table': (n) => {
    const columns = Math.floor(Math.sqrt(n))
    return `${'|a'.repeat(columns)}|\n${'|-'.repeat(columns)}|\n${'|\n'.repeat(n / 4)}`
  },
  'blanks before the end': (n) => `a${' '.repeat(n)}b`,
  'line breaks before the end': (n) => `a${'\n'.repeat(n)}b`,
  'nested and closed': (n) => `${'['.repeat(n / 2)}a${']'.repeat(n / 2)}`,
}

function steps(n: number, step: (i: number) => string): string {
  let text = ''
  for (let i = 0; text.length < n; i++) text += step(i)
  return text.slice(0, n)
}

/** Below so many milliseconds of the processor nothing is said of growth. */
const FLOOR = 40
/** Linear gives 2, quadratic 4. */
const MOST = 3

/** Milliseconds of this thread's own work: what other processes do meanwhile does not count. The least of some runs. */
async function cost(run: (text: string) => unknown, text: string, runs: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < runs; i++) {
    const before = process.threadCpuUsage()
    await run(text)
    const { user, system } = process.threadCpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
    if (least < FLOOR) break
  }
  return least
}

/** The hostile texts whose cost grows faster than their length, measured at a size and at half of it. */
export async function fasterThanLinear(run: (text: string) => unknown, size: number): Promise<string[]> {
  const found: string[] = []
  for (const [name, make] of Object.entries(hostile)) {
    const [whole, half] = [make(size), make(size / 2)]
    if ((await cost(run, whole, 2)) < FLOOR) continue
    let ratio = Number.POSITIVE_INFINITY
    for (let i = 0; i < 3 && ratio > MOST; i++)
      ratio = Math.min(ratio, (await cost(run, whole, 3)) / Math.max(1, await cost(run, half, 3)))
    if (ratio > MOST) found.push(`${name}: ${ratio.toFixed(1)} times at twice the length`)
  }
  return found
}

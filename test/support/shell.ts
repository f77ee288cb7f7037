import { execFileSync } from 'node:child_process'

/** The words that a shell makes of a command line of curl, with the key `ht_test`; nothing is sent. */
export function wordsOf(line: string, folder?: string, key = 'ht_test'): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${line}`
  const env = { ...process.env, HOITHAO_KEY: key, LC_ALL: 'C.UTF-8' }
  const printed = execFileSync('sh', ['-c', script], { cwd: folder, env, encoding: 'utf8' })
  return printed.split('\0').slice(0, -1)
}

/** The request that curl would make of such words: what the pages' command lines use of it. `files` are what `@name` reads. */
export function requestOf(words: string[], files: Record<string, Uint8Array>): Request {
  const headers = new Headers()
  let method = 'GET'
  let url = ''
  let body: string | Uint8Array<ArrayBuffer> | undefined
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string
    const next = () => words[++i] as string
    if (word === '-X') method = next()
    else if (word === '-H') {
      const [, name, value] = /^([\w-]+): (.*)$/s.exec(next()) as unknown as [string, string, string]
      headers.append(name, value.trim())
    } else if (word === '--data-raw') body = next()
    else if (word === '--data-binary') body = new Uint8Array(files[next().replace(/^@/, '')] as Uint8Array)
    else if (word.startsWith('-')) throw new Error(`curl ${word}`)
    else url = word
  }
  return new Request(url, { method, headers, body })
}

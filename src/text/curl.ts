/** One request, as curl is told it. The key is not a part of it: the command line names the variable that holds it. */
export interface CurlRequest {
  method: string
  /** Encoded: nothing in it that curl would expand. */
  url: string
  headers: [name: string, value: string][]
  /** Sent as it is. */
  body?: string
  /** The name of a file whose bytes are sent. */
  file?: string
  /** A header that says how many bytes a file has. */
  lengthOf?: { header: string; file: string }
}

/**
 * A command line for sh that sends the request with the key in `$HOITHAO_KEY`. Whatever stands in the request is one word
 * of it, never a command. Needs curl 7.43.
 */
export function curlLine({ method, url, headers, body, file, lengthOf }: CurlRequest): string {
  return [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(url)}`,
    '-H "Authorization: Bearer $HOITHAO_KEY"',
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(lengthOf ? [`-H "${lengthOf.header}: $(wc -c < ${word(lengthOf.file)})"`] : []),
    ...(body === undefined ? [] : [`--data-raw ${quoted(body)}`]),
    ...(file === undefined ? [] : [`--data-binary ${word(`@${file}`)}`]),
  ].join(' \\\n  ')
}

/** In single quotes nothing is special but the quote itself (POSIX sh, 2.2.2). */
function quoted(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`
}

function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : quoted(text)
}

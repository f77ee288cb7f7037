// `generator.mjs url connections seconds headers`: kept-alive connections, one request at a time on each; prints what it counted.
import { connect } from 'node:net'

const [, , address, connections, duration, headers] = process.argv
const url = new URL(address)
const lines = Object.entries({ Host: url.host, ...JSON.parse(headers) }).map(([name, value]) => `${name}: ${value}\r\n`)
const request = Buffer.from(`GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`)
const head = Buffer.from('\r\n\r\n')

let responses = 0
let errors = 0
let running = true

function open() {
  if (!running) return
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
  /** Bytes of the body still to come; -1 while the head is being read. */
  let left = -1
  let begun = Buffer.alloc(0)
  const next = () => {
    responses++
    left = -1
    if (running) socket.write(request)
    else socket.destroy()
  }
  socket.once('connect', () => socket.write(request))
  socket.on('data', (piece) => {
    let data = piece
    if (left < 0) {
      data = begun.length ? Buffer.concat([begun, piece]) : piece
      const end = data.indexOf(head)
      if (end < 0) {
        begun = data
        return
      }
      begun = Buffer.alloc(0)
      const text = data.latin1Slice(0, end)
      const status = Number(text.slice(9, 12))
      if (status >= 400) errors++
      left = status === 304 || status === 204 ? 0 : Number(/content-length: *(\d+)/i.exec(text)?.[1] ?? 0)
      data = data.subarray(end + 4)
    }
    left -= data.length
    if (left <= 0) next()
  })
  socket.once('error', () => {
    if (running) errors++
  })
  socket.once('close', () => {
    if (running) setTimeout(open, 10)
  })
}

const since = performance.now()
for (let i = 0; i < Number(connections); i++) open()
setTimeout(() => {
  running = false
  console.log(JSON.stringify({ responses, errors, seconds: (performance.now() - since) / 1000 }))
  process.exit(0)
}, Number(duration) * 1000)

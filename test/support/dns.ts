import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

/** What a name has: addresses, texts, mail servers. A name that is not listed does not exist. */
export interface Zone {
  [name: string]: { A?: string[]; AAAA?: string[]; TXT?: string[]; MX?: string[] }
}

const TYPES = { 1: 'A', 15: 'MX', 16: 'TXT', 28: 'AAAA' } as const

/** A real DNS server on loopback that knows one zone. */
export async function startDns(zone: Zone): Promise<{ server: string; close(): void }> {
  const socket = createSocket('udp4')
  socket.on('message', (query, peer) => socket.send(answer(query, zone), peer.port, peer.address))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { server: `127.0.0.1:${(socket.address() as AddressInfo).port}`, close: () => socket.close() }
}

function answer(query: Buffer, zone: Zone): Buffer {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] as number; length; length = query[at] as number) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString())
    at += length + 1
  }
  const question = query.subarray(12, at + 5)
  const type = TYPES[query.readUInt16BE(at + 1) as keyof typeof TYPES]
  const entry = zone[labels.join('.').toLowerCase()]
  const records = (type && entry?.[type]) ?? []
  const header = Buffer.alloc(12)
  query.copy(header, 0, 0, 2)
  header.writeUInt16BE(0x8180 | (entry ? 0 : 3), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  return Buffer.concat([header, question, ...records.map((record) => resource(query.readUInt16BE(at + 1), record))])
}

function resource(type: number, record: string): Buffer {
  const data = dataOf(type, record)
  const head = Buffer.alloc(12)
  // The name is the question's.
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(60, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

function dataOf(type: number, record: string): Buffer {
  if (type === 1) return Buffer.from(record.split('.').map(Number))
  if (type === 28) return v6(record)
  if (type === 15) return Buffer.concat([Buffer.from([0, 10]), nameOf(record)])
  const pieces = record.match(/.{1,200}/gs) ?? ['']
  return Buffer.concat(pieces.map((piece) => Buffer.concat([Buffer.from([piece.length]), Buffer.from(piece)])))
}

const nameOf = (name: string) =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])

function v6(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::')
  const words = (text: string) => text.split(':').filter(Boolean)
  const all = [...words(head), ...Array(8 - words(head).length - words(tail).length).fill('0'), ...words(tail)]
  return Buffer.concat(all.map((word) => Buffer.from(word.padStart(4, '0'), 'hex')))
}

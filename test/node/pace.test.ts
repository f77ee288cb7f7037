import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { paced } from '../../src/node/pace.ts'

let close: () => Promise<unknown> = async () => {}
afterEach(() => close())

/** A server that counts how many requests it answers in each turn of the loop. */
async function start() {
  const turns: number[] = []
  const order: string[] = []
  let counting = false
  const server = createServer(
    paced((request, response) => {
      if (!counting) {
        counting = true
        turns.push(0)
        setImmediate(() => {
          counting = false
        })
      }
      turns[turns.length - 1] = (turns.at(-1) as number) + 1
      order.push(request.method as string)
      response.end()
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => new Promise((resolve) => server.close(resolve))
  return { server, turns, order, port: (server.address() as AddressInfo).port }
}

const ask = (port: number, method = 'GET') =>
  new Promise<number>((resolve, reject) => {
    get({ port, host: '127.0.0.1', method, agent: false }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode as number))
    }).once('error', reject)
  })

it('answers everyone, a bounded number in a turn of the loop', async () => {
  const { turns, port } = await start()
  const statuses = await Promise.all(Array.from({ length: 500 }, () => ask(port)))
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(turns.reduce((sum, n) => sum + n, 0)).toBe(500)
  expect(Math.max(...turns)).toBeLessThanOrEqual(64)
})

it('lets what changes something go first', async () => {
  const { server, order } = await start()
  const listener = server.listeners('request')[0] as (request: object, response: object) => void
  const response = { end() {}, destroyed: false }
  for (let i = 0; i < 200; i++) listener({ method: 'GET' }, response)
  listener({ method: 'POST' }, response)
  expect(order.length).toBe(65)
  expect(order.at(-1)).toBe('POST')
  listener({ method: 'GET' }, { ...response, destroyed: true })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(order.length).toBe(201)
})

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

/** Requests answered in one turn of the loop; the others of that turn wait for the next ones, first come first served. */
const A_TURN = 64

/**
 * Keeps a turn of the loop short however many ask at once. Who reads sends the next request when the last one is answered: so with a
 * bound on what is answered in a turn, few are ready in the next one, and what others wait for (each round trip to the database is a
 * turn) does not wait for thousands. What changes something goes first.
 */
export function paced(listener: RequestListener): RequestListener {
  let left = A_TURN
  let turning = false
  let waiting: [IncomingMessage, ServerResponse][] = []
  let first = 0

  const turn = () => {
    left = A_TURN
    turning = false
    while (left > 0 && first < waiting.length) {
      const [request, response] = waiting[first++] as [IncomingMessage, ServerResponse]
      if (!response.destroyed) answer(request, response)
    }
    if (first === waiting.length) {
      waiting = []
      first = 0
    } else if (first > 4096) {
      waiting = waiting.slice(first)
      first = 0
    }
  }
  const answer: RequestListener = (request, response) => {
    left--
    if (!turning) {
      turning = true
      setImmediate(turn)
    }
    listener(request, response)
  }
  return (request, response) => {
    if ((left > 0 && !waiting.length) || (request.method !== 'GET' && request.method !== 'HEAD'))
      answer(request, response)
    else waiting.push([request, response])
  }
}

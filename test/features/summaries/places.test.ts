import { describe, expect, it } from 'vitest'
import { movedPlaces } from '../../../src/features/summaries/rules/places.ts'

describe('a photo, when the text around it changes', () => {
  it.each([
    ['stays while nothing moves', ['a', 'b'], ['a', 'b'], 1, 1],
    ['goes down when a paragraph comes before it', ['a', 'b'], ['x', 'a', 'b'], 1, 2],
    ['stays when a paragraph comes after it', ['a', 'b'], ['a', 'x', 'b'], 1, 1],
    ['goes up when a paragraph before it goes', ['a', 'b', 'c'], ['b', 'c'], 3, 2],
    ['stays with a paragraph that is written over', ['a', 'b', 'c'], ['a', 'B', 'c'], 2, 2],
    ['stands after what is before it when its paragraph goes', ['a', 'b', 'c'], ['a', 'c'], 2, 1],
    ['stands after the lead when all before it goes', ['a', 'b'], ['b'], 1, 0],
    ['stands after both halves of a paragraph that is parted', ['a', 'bc', 'd'], ['a', 'b', 'c', 'd'], 2, 3],
    ['stands after two paragraphs that become one', ['a', 'b', 'c'], ['ab', 'c'], 2, 1],
    ['stays at the end', ['a'], ['a', 'b', 'c'], 2, 4],
    ['stays at the end of an empty text', [], ['a'], 1, 2],
    ['stays after the lead', ['a'], ['x', 'a'], 0, 0],
    ['stays above the lead', ['a'], ['x', 'a'], null, null],
  ] as [string, string[], string[], number | null, number | null][])('%s', (_, before, after, from, to) => {
    expect(movedPlaces(before, after)(from)).toBe(to)
  })
})

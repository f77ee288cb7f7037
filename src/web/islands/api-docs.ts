// The page of the API: finds operations, marks where one is, copies command lines, and tries operations.
import type { Words } from '../api-docs/island-words.ts'
import { contents } from './api-docs/contents.ts'
import { copying } from './api-docs/copy.ts'
import { filter } from './api-docs/filter.ts'
import { trying } from './api-docs/trying.ts'

const root = document.querySelector<HTMLElement>('[data-api]')
if (root) {
  const words = JSON.parse(root.dataset.words ?? '') as Words
  root.dataset.ready = ''
  contents(root)
  filter(root, words)
  copying(root, words)
  trying(root, words)
}

import type { Page } from '../../../env.ts'
import { blockText } from '../../../text/markdown.ts'

export interface PlaceOption {
  value: string
  label: string
}

/** Where a photo may stand in a text, each place named by the words of the block before it. */
export function placeOptions(page: Page, blocks: string[]): PlaceOption[] {
  return [
    { value: 'top', label: page.t('summaries:photo.place.top') },
    { value: '0', label: page.t('summaries:photo.place.lead') },
    ...blocks.map((block, index) => ({
      value: String(index + 1),
      label: page.t('summaries:photo.place.after', { n: index + 1, text: start(blockText(block)) }),
    })),
  ]
}

/** A place as a field's value. */
export function placeValue(place: number | null): string {
  return place === null ? 'top' : String(place)
}

function start(text: string): string {
  const words = text.slice(0, 50)
  return text.length > 50 ? `${words.slice(0, words.lastIndexOf(' ') + 1 || 50).trim()}…` : words
}

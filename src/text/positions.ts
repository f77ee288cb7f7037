/** A position as printed by someone, or as title and unit. */
export type Position = string | { title: string; unit: string }

/**
 * One person's positions as they are printed: in order, commas between, and a unit that neighbours share named once, last:
 * `Uỷ viên BTV, Trưởng Ban Tổ chức Thành ủy`. Text printed by someone is kept letter by letter.
 */
export function printedPositions(positions: readonly Position[]): string[] {
  return positions.map((position, index) => {
    if (typeof position === 'string') return position
    const next = positions[index + 1]
    const shared = typeof next === 'object' && next.unit === position.unit
    return shared || position.unit === '' ? position.title : `${position.title} ${position.unit}`
  })
}

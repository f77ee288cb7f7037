import type { Locale } from '../../context.ts'

/** What the printed text of a position needs of its unit. */
export interface UnitNames {
  name: string
  short_name: string | null
  name_en: string | null
  committee_name: string | null
  type: string | null
  parent: { name: string; name_en: string | null } | null
}

/**
 * A position as it is printed: `Bí thư Chi bộ khu 4, Đảng bộ phường Mẫu A`. A committee's name stands for its organisation
 * (`Bí thư Đảng ủy phường Mẫu A`); a cell under another is named with it; words that title and unit share stand once
 * (`Trưởng Ban` + `Ban Tổ chức`); of a double title the first takes the unit. Without an English title: the Vietnamese text.
 */
export function describePosition(
  unit: UnitNames,
  position: { title: string; title_en: string | null },
  locale: Locale,
): string {
  if (locale === 'en' && position.title_en) return [position.title_en, ...englishUnit(unit)].join(', ')
  const [first = '', ...more] = position.title.split(/,\s*/)
  return [joinTitle(first, vietnameseUnit(unit)), ...more].join(', ')
}

function isSubCell(unit: UnitNames): boolean {
  return /trực thuộc/i.test(unit.type ?? '')
}

function vietnameseUnit(unit: UnitNames): string {
  if (!isSubCell(unit) || !unit.parent) return unit.committee_name ?? unit.name
  if (unit.name.includes(unit.parent.name)) return unit.name
  return `${unit.short_name ?? unit.name}, ${unit.parent.name}`
}

function englishUnit(unit: UnitNames): string[] {
  const own = unit.name_en ?? (isSubCell(unit) && unit.parent ? (unit.short_name ?? unit.name) : unit.name)
  if (!isSubCell(unit) || !unit.parent) return [own]
  const parent = unit.parent.name_en ?? unit.parent.name
  return own.includes(parent) ? [own] : [own, parent]
}

/** `Chánh Văn phòng` + `Văn phòng Thành ủy` → `Chánh Văn phòng Thành ủy`: the longest overlap of words is written once. */
function joinTitle(title: string, unit: string): string {
  const left = title.split(' ')
  const right = unit.split(' ')
  for (let n = Math.min(left.length, right.length); n > 0; n--) {
    const end = left.slice(-n).join(' ')
    if (end.toLowerCase() === right.slice(0, n).join(' ').toLowerCase()) {
      return [...left.slice(0, -n), ...right].join(' ')
    }
  }
  return `${title} ${unit}`
}

/** Whether something with these bounds (first and last day, both included) holds on a day, `2026-12-15`. */
export function isValidOn(item: { valid_from: string | null; valid_to: string | null }, day: string): boolean {
  return (item.valid_from === null || item.valid_from <= day) && (item.valid_to === null || item.valid_to >= day)
}

/** Whether a unit may go under another: not under itself, and not under what is under it. Paths as in `units.tree_path`. */
export function mayMoveUnder(unitPath: string, parentPath: string): boolean {
  return !parentPath.startsWith(unitPath)
}

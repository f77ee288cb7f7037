// Draws the four pictures of the demo's article: an abstract hall, a lectern, a table of papers, a speaker's place. Nobody is
// shown. `node scripts/demo-photos.mjs` writes demo/photos/1.jpg … 4.jpg.
import { mkdirSync, writeFileSync } from 'node:fs'
import sharp from 'sharp'

const c = {
  paper: '#fbfaf6',
  cream: '#f3eee5',
  sand: '#e4dacb',
  tan: '#cdbda9',
  clay: '#a8937f',
  earth: '#76614f',
  bark: '#4b3b31',
  ink: '#2a211c',
  red: '#921f25',
  deep: '#651419',
  rose: '#b96a60',
  leaf: '#48705a',
  pine: '#2e4d3e',
  gold: '#c8a25a',
}

/** The same "random" numbers at every run, so that the pictures do not change. */
function numbers(seed) {
  let x = seed
  return () => {
    x = (x * 1664525 + 1013904223) % 4294967296
    return x / 4294967296
  }
}

const rect = (x, y, w, h, fill, rest = '') =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}" ${rest}/>`
const path = (d, fill, rest = '') => `<path d="${d}" fill="${fill}" ${rest}/>`
const ellipse = (cx, cy, rx, ry, fill, rest = '') =>
  `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="${fill}" ${rest}/>`
const linear = (id, stops, to = 'x2="0" y2="1"') =>
  `<linearGradient id="${id}" x1="0" y1="0" ${to}>${stops.map(([at, color, opacity = 1]) => `<stop offset="${at}" stop-color="${color}" stop-opacity="${opacity}"/>`).join('')}</linearGradient>`
const radial = (id, stops, rest = '') =>
  `<radialGradient id="${id}" ${rest}>${stops.map(([at, color, opacity = 1]) => `<stop offset="${at}" stop-color="${color}" stop-opacity="${opacity}"/>`).join('')}</radialGradient>`

const defs = [
  linear('wall', [
    [0, '#e9dfd1'],
    [1, '#d6c6b2'],
  ]),
  linear('dusk', [
    [0, '#cbb9a4'],
    [1, '#a99079'],
  ]),
  linear('curtain', [
    [0, '#a32a2e'],
    [0.7, '#831b21'],
    [1, '#6a151b'],
  ]),
  linear('wood', [
    [0, '#a9815c'],
    [1, '#7d5b3e'],
  ]),
  linear('woodlight', [
    [0, '#c59c74'],
    [1, '#a77d56'],
  ]),
  linear('floor', [
    [0, '#a18a73'],
    [1, '#6a5544'],
  ]),
  linear('cloth', [
    [0, '#b53237'],
    [1, '#7d191f'],
  ]),
  linear('seat', [
    [0, '#8c2329'],
    [1, '#5b1318'],
  ]),
  linear('shade', [
    [0, c.ink, 0],
    [1, c.ink, 0.55],
  ]),
  linear('glass', [
    [0, '#ffffff', 0.75],
    [1, '#dfe6e4', 0.45],
  ]),
  linear(
    'metal',
    [
      [0, '#6b625b'],
      [1, '#2e2723'],
    ],
    'x2="1" y2="0"',
  ),
  radial('glow', [
    [0, '#fff6e2', 0.9],
    [1, '#fff6e2', 0],
  ]),
  radial('warm', [
    [0, '#fff1d6', 0.65],
    [1, '#fff1d6', 0],
  ]),
  '<filter id="soft"><feGaussianBlur stdDeviation="14"/></filter><filter id="near"><feGaussianBlur stdDeviation="5"/></filter><filter id="far"><feGaussianBlur stdDeviation="26"/></filter>',
  '<filter id="grain"><feTurbulence type="fractalNoise" baseFrequency="0.8" numOctaves="2" seed="7"/><feColorMatrix values="0 0 0 0 0.2  0 0 0 0 0.15  0 0 0 0 0.1  0 0 0 0.09 0"/></filter>',
].join('')

function svg(width, height, body) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs>${defs}</defs>${body}<rect width="${width}" height="${height}" filter="url(#grain)"/></svg>`
}

function folds(x, y, w, h, count) {
  let out = rect(x, y, w, h, 'url(#curtain)')
  for (let i = 0; i < count; i++) {
    const at = x + (w / count) * i
    out += path(
      `M${at} ${y}h${(w / count) * 0.42}q${w / count / 7} ${h / 2} 0 ${h}h${-(w / count) * 0.42}q${-w / count / 7} ${-h / 2} 0 ${-h}z`,
      '#3d0b0f',
      'opacity="0.22"',
    )
    out += rect(at + (w / count) * 0.62, y, (w / count) * 0.16, h, '#d6605c', 'opacity="0.12"')
  }
  return out
}

function plant(x, y, size) {
  const leaves = [-64, -44, -24, -6, 12, 30, 50, 68]
  const out = leaves.map((angle, i) => {
    const length = size * (0.78 + 0.28 * Math.cos((i - 3.5) / 2.2))
    return `<g transform="translate(${x} ${y}) rotate(${angle})">${path(`M0 0C${-size * 0.16} ${-length * 0.4} ${-size * 0.1} ${-length * 0.8} 0 ${-length}C${size * 0.12} ${-length * 0.75} ${size * 0.14} ${-length * 0.35} 0 0z`, i % 2 ? c.leaf : c.pine)}</g>`
  })
  return `${out.join('')}${path(`M${x - size * 0.22} ${y}h${size * 0.44}l${-size * 0.06} ${size * 0.42}h${-size * 0.32}z`, '#efe6d8')}${path(`M${x} ${y}h${size * 0.22}l${-size * 0.06} ${size * 0.42}h${-size * 0.16}z`, '#cdbda9')}`
}

function chairBack(x, y, w) {
  return `${rect(x - w / 2, y, w, w * 1.25, 'url(#wood)', `rx="${w * 0.16}"`)}${rect(x - w * 0.36, y + w * 0.12, w * 0.72, w * 0.9, '#7d191f', `rx="${w * 0.1}"`)}${rect(x - w * 0.36, y + w * 0.12, w * 0.72, w * 0.18, '#a8343a', `rx="${w * 0.08}"`)}`
}

/** Flowers of no kind: a low heap of rounds. */
function flowers(x, y, w, random) {
  let out = ''
  for (let i = 0; i < 26; i++) {
    const dx = (random() - 0.5) * w
    const dy = -Math.abs(random() * w * 0.22) * (1 - Math.abs(dx) / w)
    out += ellipse(x + dx, y + dy, w * 0.045, w * 0.04, i % 3 === 0 ? c.leaf : i % 3 === 1 ? '#efe0c8' : '#d98b7e')
  }
  return out
}

function gooseneck(x, y, height, lean, width = 5) {
  const tip = { x: x + lean, y: y - height }
  return `${path(`M${x} ${y}C${x} ${y - height * 0.6} ${x + lean * 0.4} ${y - height * 0.85} ${tip.x} ${tip.y}`, 'none', `stroke="#2e2723" stroke-width="${width}" stroke-linecap="round"`)}<g transform="translate(${tip.x} ${tip.y}) rotate(${lean > 0 ? 52 : -52})">${rect(-width * 1.5, -width * 4.4, width * 3, width * 5.4, '#231c18', `rx="${width * 1.4}"`)}${rect(-width * 1.5, -width * 1.4, width * 3, width * 0.8, c.gold, 'opacity="0.7"')}</g>`
}

// 1: the hall from its last rows, the stage far off and light.
function hall() {
  const random = numbers(11)
  const w = 1600
  const h = 1000
  let out = rect(0, 0, w, h, 'url(#dusk)')
  out += path('M0 0H1600L1240 150H360z', '#efe6d8')
  for (const [a, b] of [
    [250, 470],
    [620, 690],
    [910, 980],
    [1130, 1350],
  ]) {
    const mid = (a + b) / 2
    const far = 800 + (mid - 800) * 0.6
    out += path(`M${mid - 46} 0h92L${far + 16} 146h-32z`, '#fffaf0')
  }
  out += path('M0 0L360 150V520L0 720z', 'url(#wall)') + path('M1600 0L1240 150V520L1600 720z', 'url(#wall)')
  for (const i of [0, 1, 2, 3]) {
    const x = 40 + i * 84
    out += path(`M${x} ${70 + i * 30}l34 ${13}V${640 - i * 42}l-34 ${20}z`, '#b7a28c', 'opacity="0.55"')
    out += path(`M${w - x} ${70 + i * 30}l-34 ${13}V${640 - i * 42}l34 ${20}z`, '#b7a28c', 'opacity="0.55"')
  }
  out += rect(360, 150, 880, 370, '#dccdb9')
  out += folds(400, 168, 800, 300, 22)
  out += rect(400, 168, 800, 26, '#4b0f13', 'opacity="0.6"')
  out +=
    rect(540, 214, 520, 92, '#f3e9d6', 'rx="3"') +
    rect(540, 214, 520, 92, 'none', `rx="3" stroke="${c.gold}" stroke-width="3"`)
  out +=
    rect(600, 238, 400, 11, c.red, 'rx="5" opacity="0.85"') +
    rect(652, 264, 296, 8, c.red, 'rx="4" opacity="0.5"') +
    rect(706, 283, 188, 6, c.red, 'rx="3" opacity="0.35"')
  out += ellipse(800, 330, 560, 260, 'url(#glow)', 'opacity="0.5"')
  out += path('M360 468H1240L1300 520H300z', 'url(#woodlight)') + rect(300, 520, 1000, 34, '#6a4b33')
  for (let i = 0; i < 5; i++) out += chairBack(640 + i * 80, 372, 46)
  out += rect(580, 420, 440, 22, '#c2444a', 'rx="3"') + rect(584, 440, 432, 60, 'url(#cloth)')
  for (let i = 0; i < 11; i++)
    out += path(`M${596 + i * 40} 444q6 30 -4 56`, 'none', 'stroke="#4f1014" stroke-opacity="0.35" stroke-width="4"')
  for (let i = 0; i < 5; i++)
    out += rect(622 + i * 80, 408, 34, 13, c.paper, 'rx="1"') + gooseneck(664 + i * 80, 422, 26, -9, 2)
  out += flowers(800, 492, 190, random)
  out +=
    path('M452 396h74l-9 104h-56z', 'url(#wood)') +
    path('M446 388h86l-6 16h-74z', '#c59c74') +
    gooseneck(489, 390, 34, 12, 2.4)
  out += plant(1100, 470, 76) + plant(1168, 478, 92)
  out +=
    path('M300 554H1300L1600 760V1000H0V760z', 'url(#floor)') +
    path('M752 554h96l120 446H632z', '#7d191f') +
    path('M752 554h14L668 1000h-36z', '#5b1318', 'opacity="0.6"')
  out += ellipse(800, 560, 620, 110, 'url(#warm)')
  for (let row = 0; row < 5; row++) {
    const t = row / 4
    const y = 592 + 300 * t ** 1.35
    const seat = 62 + 96 * t
    const gap = seat * 1.1
    const aisle = 74 + 110 * t
    for (const side of [-1, 1]) {
      for (let i = 0; i < 14; i++) {
        const x = 800 + side * (aisle + seat / 2 + i * gap)
        if (x < -seat || x > w + seat) break
        const taken = random() < 0.86
        const tone = ['#33302f', '#4b4540', '#3a4149', '#5d5148', '#e7dfd2', '#6b3a36', '#55606a'][
          Math.floor(random() * 7)
        ]
        if (taken) {
          const lean = (random() - 0.5) * seat * 0.12
          out += path(
            `M${x - seat * 0.36} ${y + seat * 0.36}q${seat * 0.02} ${-seat * 0.42} ${seat * 0.36} ${-seat * 0.44}q${seat * 0.34} ${seat * 0.02} ${seat * 0.36} ${seat * 0.44}z`,
            tone,
          )
          out += ellipse(x + lean, y - seat * 0.26, seat * 0.185, seat * 0.22, random() < 0.2 ? '#5a4a3f' : '#2b2420')
        }
        out += rect(x - seat * 0.48, y, seat * 0.96, seat * 1.25, 'url(#seat)', `rx="${seat * 0.18}"`)
        out += rect(x - seat * 0.48, y, seat * 0.96, seat * 0.13, '#b4494b', `rx="${seat * 0.09}" opacity="0.6"`)
      }
    }
    out += rect(0, y + seat * 0.5, w, h, c.ink, `opacity="${0.1 + t * 0.05}"`)
  }
  out += rect(0, 640, w, 360, 'url(#shade)')
  return svg(w, h, out)
}

// 2: the lectern, near, the hall behind it out of focus.
function lectern() {
  const random = numbers(23)
  const w = 1600
  const h = 1067
  let out = rect(0, 0, w, h, 'url(#wall)')
  let back = ''
  for (let i = 0; i < 9; i++) back += rect(i * 190 - 20, 0, 96, 760, i % 2 ? '#cbb9a3' : '#e3d7c6')
  back += rect(980, 150, 470, 330, '#f7f2e8', 'rx="6"')
  for (const [i, height] of [92, 132, 118, 176, 214].entries())
    back += rect(1050 + i * 70, 420 - height, 40, height, i === 4 ? c.red : '#c3a48c')
  back += rect(1050, 205, 210, 16, '#8a7563', 'rx="8"') + rect(1050, 236, 130, 10, '#b9a893', 'rx="5"')
  back += folds(-40, 0, 330, 800, 7)
  back += rect(0, 740, w, 327, '#8b7059')
  for (let i = 0; i < 30; i++)
    back += ellipse(
      random() * w,
      700 + random() * 80,
      46,
      54,
      ['#4b4540', '#6b5a4c', '#7d3a3a', '#3e474e'][i % 4],
      'opacity="0.5"',
    )
  out += `<g filter="url(#soft)" transform="translate(-64 -43) scale(1.08)">${back}</g>`
  out += ellipse(560, 330, 760, 520, 'url(#warm)')
  out += ellipse(640, 1064, 420, 46, c.ink, 'opacity="0.35" filter="url(#soft)"')
  out += path('M372 560H884L838 1067H418z', 'url(#wood)') + path('M372 560h46l42 507h-42z', '#5f432d', 'opacity="0.6"')
  out += path('M470 640H786L766 980H490z', '#b08a63', 'opacity="0.55"') + path('M486 656H770L752 964H504z', '#8a6545')
  out += `<g transform="translate(628 800)">${ellipse(0, 0, 76, 76, 'none', `stroke="${c.gold}" stroke-width="5"`)}${path('M0 -46L13 -15L46 -13L20 8L29 40L0 22L-29 40L-20 8L-46 -13L-13 -15z', c.gold)}</g>`
  out += path('M330 470H926L894 572H362z', '#d1aa80') + path('M362 572H894V598H366z', '#6e4e35')
  out += path('M470 486H792L782 548H480z', c.paper) + path('M631 486H792L782 548H631z', '#ece4d6')
  for (let i = 0; i < 5; i++)
    out +=
      rect(500, 496 + i * 10, 110 - (i % 3) * 14, 3, '#8b7f73', 'rx="1"') +
      rect(648, 496 + i * 10, 112 - ((i + 1) % 3) * 18, 3, '#8b7f73', 'rx="1"')
  out += gooseneck(540, 480, 190, 50, 9) + gooseneck(722, 480, 190, -50, 9)
  out += ellipse(540, 482, 24, 8, '#2e2723') + ellipse(722, 482, 24, 8, '#2e2723')
  out += path('M838 404h52l-6 92h-40z', 'url(#glass)') + path('M841 440h46l-4 56h-38z', '#c9d8d6', 'opacity="0.8"')
  out += plant(1180, 820, 250) + rect(0, 900, w, 167, 'url(#shade)')
  return svg(w, h, out)
}

// 3: a table during the discussion: papers, a pen, microphones, cups.
function discussion() {
  const w = 1600
  const h = 1067
  let out = rect(0, 0, w, h, '#c9ab88')
  for (let i = 0; i < 14; i++)
    out += path(
      `M0 ${i * 82 + 10}C500 ${i * 82 - 16} 1000 ${i * 82 + 40} 1600 ${i * 82 + 6}`,
      'none',
      `stroke="#a98762" stroke-opacity="${0.18 + (i % 3) * 0.1}" stroke-width="${3 + (i % 4) * 2}"`,
    )
  out += path('M0 0H1600V250C1200 330 500 150 0 300z', '#fff3dc', 'opacity="0.35"')
  const sheet = (x, y, angle, lines, head) => {
    let s = rect(8, 14, 420, 560, '#5c4330', 'opacity="0.28" filter="url(#near)"') + rect(0, 0, 420, 560, c.paper)
    s += rect(110, 46, 200, 12, head, 'rx="6"') + rect(70, 76, 280, 9, '#57493f', 'rx="4"')
    for (let i = 0; i < lines; i++) s += rect(46, 124 + i * 27, 328 - ((i * 53) % 7) * 16, 7, '#a89b8d', 'rx="3"')
    return `<g transform="translate(${x} ${y}) rotate(${angle})">${s}</g>`
  }
  out += sheet(140, 250, -9, 14, c.red) + sheet(900, 150, 12, 14, '#57493f') + sheet(560, 410, 3, 15, c.red)
  out += `<g transform="translate(640 560) rotate(3)">${rect(-14, 66, 300, 26, '#f2d98a', 'opacity="0.6" rx="3"')}</g>`
  out += `<g transform="translate(1010 720) rotate(-38)">${rect(6, 14, 330, 20, '#5c4330', 'opacity="0.35" filter="url(#near)"')}${rect(0, 0, 300, 20, c.red, 'rx="9"')}${rect(214, 0, 12, 20, c.gold)}${path('M300 2l44 8l-44 8z', '#e9dcc8')}${path('M330 7l14 3l-14 3z', c.ink)}${rect(10, -7, 92, 7, c.gold, 'rx="3"')}</g>`
  const cup = (x, y) =>
    `${ellipse(x + 10, y + 14, 128, 122, '#5c4330', 'opacity="0.3" filter="url(#soft)"')}${ellipse(x, y, 122, 118, '#f7f2ea')}${ellipse(x, y, 122, 118, 'none', 'stroke="#d9cdbd" stroke-width="3"')}${ellipse(x, y, 78, 75, '#fdfbf7')}${ellipse(x, y, 78, 75, 'none', 'stroke="#cbbfae" stroke-width="4"')}${ellipse(x + 1, y + 2, 64, 61, '#a2712f')}${ellipse(x - 14, y - 16, 30, 22, '#c99a4d', 'opacity="0.6"')}${path(`M${x + 70} ${y - 22}q56 -10 54 26q-4 30 -54 20`, 'none', 'stroke="#f1eadf" stroke-width="17" stroke-linecap="round"')}`
  out += cup(1390, 690) + cup(180, 930)
  const desk = (x, y, flip) =>
    `<g transform="translate(${x} ${y}) scale(${flip} 1)">${ellipse(20, 22, 150, 66, '#5c4330', 'opacity="0.35" filter="url(#soft)"')}${rect(-120, -46, 240, 96, '#2e2723', 'rx="22"')}${rect(-120, -46, 240, 82, '#443a34', 'rx="22"')}${ellipse(-66, -4, 22, 20, c.red)}${ellipse(-66, -7, 22, 19, '#c2444a')}${path('M52 -10C130 -60 200 -150 262 -236', 'none', 'stroke="#241d19" stroke-width="15" stroke-linecap="round"')}<g transform="translate(268 -246) rotate(36)">${rect(-19, -62, 38, 80, '#1f1815', 'rx="18"')}${rect(-19, -4, 38, 10, '#c2444a')}</g></g>`
  out += desk(330, 216, 1) + desk(1380, 980, -1)
  const plate = (x, y, a) =>
    `<g transform="translate(${x} ${y}) rotate(${a})">${rect(6, 10, 300, 96, '#5c4330', 'opacity="0.3" filter="url(#near)"')}${path('M0 0H300L312 92H-12z', c.paper)}${path('M-12 92H312V104H-12z', '#d8ccbb')}${rect(48, 30, 204, 16, c.ink, 'rx="8" opacity="0.75"')}${rect(84, 58, 132, 9, c.ink, 'rx="4" opacity="0.4"')}</g>`
  out += plate(720, 150, -4)
  out += rect(0, 780, w, 287, 'url(#shade)', 'opacity="0.45"')
  return svg(w, h, out)
}

// 4: the chair's place at the long table: microphone, papers, a glass, the curtain behind.
function speaker() {
  const w = 1600
  const h = 1067
  let out = rect(0, 0, w, h, '#d9cab6')
  let back = folds(0, 0, w, 720, 15)
  back += `<g transform="translate(1180 250) scale(2.4)">${path('M0 -46L13 -15L46 -13L20 8L29 40L0 22L-29 40L-20 8L-46 -13L-13 -15z', c.gold, 'opacity="0.85"')}</g>`
  out += `<g filter="url(#near)" transform="translate(-64 -43) scale(1.08)">${back}</g>`
  out += ellipse(520, 280, 720, 430, 'url(#glow)', 'opacity="0.42"')
  for (const x of [190, 640, 1090, 1540]) out += chairBack(x, 350, 270)
  out +=
    rect(0, 640, w, 70, '#c8474c') +
    rect(0, 640, w, 10, '#dd7672', 'opacity="0.8"') +
    rect(0, 706, w, 361, 'url(#cloth)')
  for (let i = 0; i < 17; i++)
    out += path(
      `M${i * 100 + 20} 716q26 180 -14 351`,
      'none',
      `stroke="#4a0e12" stroke-opacity="${0.2 + (i % 3) * 0.1}" stroke-width="${14 + (i % 4) * 5}"`,
    )
  const place = (x) => {
    let s = ellipse(x, 668, 220, 20, c.deep, 'opacity="0.35" filter="url(#near)"')
    s +=
      path(`M${x - 190} 574H${x + 92}L${x + 108} 664H${x - 206}z`, c.paper) +
      path(`M${x - 206} 664H${x + 108}V676H${x - 206}z`, '#cfc1ae')
    s +=
      rect(x - 148, 598, 198, 17, c.ink, 'rx="8" opacity="0.8"') +
      rect(x - 112, 628, 126, 10, c.ink, 'rx="5" opacity="0.42"')
    s += gooseneck(x + 150, 660, 190, -74, 8) + rect(x + 116, 646, 68, 20, '#2e2723', 'rx="7"')
    s +=
      path(`M${x + 212} 560h62l-7 108h-48z`, 'url(#glass)') +
      path(`M${x + 216} 606h54l-5 62h-44z`, '#cddbd8', 'opacity="0.85"')
    return s
  }
  out += place(160) + place(640) + place(1120)
  out += path('M470 688L800 682L828 742H446z', '#f7f2e8') + path('M640 685L800 682L828 742H640z', '#eae1d2')
  for (let i = 0; i < 4; i++)
    out +=
      rect(480, 696 + i * 10, 138 - (i % 2) * 20, 3, '#8b7f73') +
      rect(660, 695 + i * 10, 134 - (i % 3) * 18, 3, '#8b7f73')
  out += rect(0, 820, w, 247, 'url(#shade)', 'opacity="0.7"')
  return svg(w, h, out)
}

mkdirSync(new URL('../demo/photos/', import.meta.url), { recursive: true })
for (const [index, draw] of [hall, lectern, discussion, speaker].entries()) {
  const jpeg = await sharp(Buffer.from(draw()))
    .resize({ width: 1600 })
    .jpeg({ quality: 80, mozjpeg: true, progressive: true })
    .toBuffer()
  writeFileSync(new URL(`../demo/photos/${index + 1}.jpg`, import.meta.url), jpeg)
  console.log(`${index + 1}.jpg ${Math.round(jpeg.byteLength / 1024)} KB`)
}

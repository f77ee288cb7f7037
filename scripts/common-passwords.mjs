// Writes the list of common passwords that ships: the 12,000 that are guessed first and all others of nine characters and more, from
// @zxcvbn-ts/language-common (MIT), and words that a guesser tries in Vietnam. Sorted, so that it packs well. Run by hand; --print
// writes it on standard output.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MOST = 12_000
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const path = join(root, 'src/features/accounts/queries/common-passwords.json')

const vietnamese = `
anhyeu anhyeuem anhnhoem baomat bithu canbo chaoban chibo chinhphu chutich concho conmeo congan congsan covid19 danang dangbo
dangcongsan dangnhap emyeuanh emyeu giadinh giaovien giamdoc haiphong halong hanhphuc hanoi hanoiviet hoangsa hochiminh hoctap hoinghi
hoithao khongbiet khongco khongnho khongquen khongten kythuat lanhdao maiyeu mainho maimaiyeuem matkhau matkhaucu matkhaumoi matkhaune
motconvit motngay muaxuan namdinh nguyen nguyenvana nguyenthib nhanvien nhoanh nhoem nhungnam phongban quangninh quantri quocgia saigon
sinhvien taikhoan tamsu thanhcong thanhpho thanhuy thuky tinhuy tinhyeu toadam toiyeuem toiyeuvietnam tranvanb truong truongsa trungtam
uyban vanphong vietnam vietnamvodich vodich xinchao yeuanh yeuem yeunhau yeuthuong
`

function listWords() {
  const { dictionary } = createRequire(import.meta.url)('@zxcvbn-ts/language-common')
  const known = dictionary['passwords-common']
  const first = known.slice(0, MOST).filter((word) => word.length >= 4)
  const long = known.slice(MOST).filter((word) => word.length >= 9)
  return [...new Set([...first, ...long, ...vietnamese.trim().split(/\s+/)])].sort()
}

const { version } = JSON.parse(readFileSync(join(root, 'node_modules/@zxcvbn-ts/language-common/package.json'), 'utf8'))
const content = {
  source: `@zxcvbn-ts/language-common ${version} (MIT, https://github.com/zxcvbn-ts/zxcvbn), and scripts/common-passwords.mjs`,
  words: listWords().join(' '),
}
const text = `${JSON.stringify(content, null, 2)}\n`
if (process.argv.includes('--print')) process.stdout.write(text)
else writeFileSync(path, text)

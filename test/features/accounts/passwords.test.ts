import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import list from '../../../src/features/accounts/queries/common-passwords.json' with { type: 'json' }
import { listCommonPasswords, refuseWeakPassword } from '../../../src/features/accounts/queries/passwords.ts'
import { weaknessOf } from '../../../src/features/accounts/rules/passwords.ts'

const about = ['nguyen.van.chu@so-y-te.example', 'Nguyễn Văn Chủ', 'Sở Y tế thành phố Mẫu', 'so-y-te']
const weak = async (password: string) => weaknessOf(password, about, await listCommonPasswords())

describe('a password', () => {
  it.each([
    'password12',
    'Password123!',
    'P@ssw0rd2026',
    '123password',
    'passwordpassword',
    'iloveyou2026',
    'qwertyuiop[]1',
    '1q2w3e4r5t',
    'matkhau123',
    'Mật khẩu 2026',
    'mat.khau.2026',
    'anhyeuem123',
    'hoithao2026',
    'vietnam12345',
  ])('that is guessed first is refused, as it is and dressed up: %s', async (password) => {
    expect(await weak(password)).toMatch(/password_(common|simple)/)
  })

  it.each([
    'nguyen.van.chu@so-y-te.example',
    'nguyen.van.chu',
    'NguyễnVănChủ2026',
    'nguyenvanchu1',
    'Chủ Nguyễn Văn 1',
    'soyte2026!!',
    'Sở Y tế thành phố Mẫu',
  ])('that says whose it is is refused: %s', async (password) => {
    expect(await weak(password)).toBe('password_own')
  })

  it.each([
    '1234567890',
    '0987654321',
    '          ',
    'aaaaaaaaaaaa',
    'abababababab',
    'abcdefghijkl',
    'qwertyuiop',
    'asdfghjklzxcvbnm',
    '11112222333',
    'abcabcabcabc',
    '1212121212',
  ])('that follows a pattern is refused: %s', async (password) => {
    expect(await weak(password)).toBe('password_simple')
  })

  it.each([
    'mat-khau-thu-nghiem',
    'một câu ngắn dễ nhớ',
    'mưa rơi trên phố Hàng Bạc',
    'xK9#mPq2vL',
    'correct horse battery staple',
    'Nguyễn Huệ xuân Kỷ Dậu',
    'y tế phường mình tốt',
    'tháng tám 1945 mùa thu',
    '日本語のパスワードです',
  ])('that nobody tries is taken: %s', async (password) => {
    expect(await weak(password)).toBeUndefined()
  })

  it('is refused by its field, with what is known of its owner', async () => {
    await expect(refuseWeakPassword('chu@mau.example', ['chu@mau.example', null, undefined, ''])).rejects.toMatchObject(
      {
        fields: [{ field: 'password', code: 'password_own' }],
      },
    )
    await refuseWeakPassword('một câu ngắn dễ nhớ', [])
  })
})

describe('the list', () => {
  it('ships with the program: more than ten thousand, folded, without spaces, each once', async () => {
    const words = list.words.split(' ')
    expect(words.length).toBeGreaterThan(15_000)
    expect((await listCommonPasswords()).size).toBe(words.length)
    expect(words.filter((word) => word !== word.toLowerCase() || /[^\u0021-\u007e]/.test(word))).toEqual([])
  })

  it('is what its source and the script make', () => {
    const made = execFileSync(process.execPath, ['scripts/common-passwords.mjs', '--print'], { encoding: 'utf8' })
    expect(list).toEqual(JSON.parse(made))
  })
})

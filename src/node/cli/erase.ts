import { readConfig } from '../../config.ts'
import { transaction } from '../../db/transaction.ts'
import { eraseContacts } from '../../features/directory/commands/erase.ts'
import { requiredEmail } from '../../text/fields.ts'
import { type Options, required, type Say } from './options.ts'
import { cliContext, getOrganization, withDatabase } from './work.ts'

/** `erase-contacts`: what serves to reach a person of one organisation, for those who ask for it. */
export async function erasePersonContacts(options: Options, say: Say): Promise<void> {
  const slug = required(options, 'organization')
  const email = requiredEmail().safeParse(required(options, 'email'))
  if (!email.success) throw new Error('--email is not valid')
  const config = readConfig(process.env)
  const erased = await withDatabase(async ({ db }) => {
    const organization = await getOrganization(db, slug)
    return transaction(db, (trx) => eraseContacts(trx, cliContext(config), organization.id, email.data))
  })
  if (!Object.values(erased).some(Boolean)) throw new Error(`${slug} has nothing of this address`)
  const { people, invitations, speeches, letters } = erased
  say(
    `erased in ${people} people, ${invitations} invitations, ${speeches} speeches, ${letters} letters; their links no longer open`,
  )
}

import type { Kind } from '../mail/kind.ts';
import type { TrackedMail, TrackedRecipient } from './tracked-mail.ts';

/** A recipient whose Contact or Lead is known. */
export type KnownPerson = TrackedRecipient & { readonly personId: string };

/**
 * The people a message counts for, given the address that answered or, for a delivery report, the one that failed.
 *
 * The recipient with that very address, when it is a known person. Else, for what a person wrote, every known person
 * in To: whoever answers, they have been answered for. Else, for what a machine wrote, the known person only when the
 * mail went to nobody else: a colleague's absence or a bad copy address must not stop anybody's sequence.
 */
export function peopleAnswered(address: string, kind: Kind, mail: TrackedMail): KnownPerson[] {
  const recipient = mail.recipients.find((candidate) => candidate.address === address.toLowerCase());
  if (recipient !== undefined && isKnownPerson(recipient)) return [recipient];
  const byPerson = kind === 'human' || kind === 'forward';
  if (!byPerson && mail.recipients.length > 1) return [];
  return distinctPeople(mail.recipients.filter(isKnownPerson).filter(({ role }) => role === 'To'));
}

function isKnownPerson(recipient: TrackedRecipient): recipient is KnownPerson {
  return recipient.personId !== undefined;
}

/** One person may have been written to at two addresses. */
function distinctPeople(people: readonly KnownPerson[]): KnownPerson[] {
  return [...new Map(people.toReversed().map((person) => [person.personId, person])).values()].toReversed();
}

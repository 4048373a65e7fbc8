import { parseAddresses } from '../mail/address.ts';
import { authorOf } from '../mail/author.ts';
import { conversationOf } from '../mail/conversation.ts';
import { decodeText } from '../mail/encoded-word.ts';
import { fieldValue, fieldValues, type HeaderBlock } from '../mail/header-field.ts';
import { messageIdOf } from '../mail/own-message-ids.ts';
import type { TrackedMail, TrackedRecipient } from '../match/tracked-mail.ts';
import type { Enrolment } from '../store/store.ts';

/** States of a CampaignStatus__c in which the person is still in the sequence. */
const IN_SEQUENCE: readonly string[] = ['Active', 'Paused'];

/** Whether a mail is of the person's sequence: the person is in it, or was until after the mail was sent. */
export function wasInSequence({ status, haltedAt }: Enrolment, sentAt: Date): boolean {
  return IN_SEQUENCE.includes(status) || (haltedAt !== undefined && haltedAt > sentAt);
}

/** Addresses of one mail that are looked at; a mail to more people than this is no sales mail. */
const MAX_RECIPIENTS = 100;

/** A mail out of a Sent folder. */
export interface SentMail {
  readonly block: HeaderBlock;
  readonly receivedAt: Date;
  /** Salesforce id of the rep whose mailbox it is. */
  readonly ownerId: string;
}

/** The addresses a mail was sent to, lower case, To before Cc, each once. */
export function sentTo(block: HeaderBlock): { address: string; role: 'To' | 'Cc' }[] {
  const recipients = new Map<string, 'To' | 'Cc'>();
  for (const role of ['To', 'Cc'] as const) {
    for (const { address } of fieldValues(block, role).flatMap(parseAddresses)) {
      if (!recipients.has(address)) recipients.set(address, role);
    }
  }
  return [...recipients].slice(0, MAX_RECIPIENTS).map(([address, role]) => ({ address, role }));
}

/**
 * The tracked mail that a sent mail is, when one of its recipients is a person in a sequence, or was in one when it was
 * sent: an answer that was read before it may have halted the person. Undefined for all other mail, and for a mail
 * without Message-ID, which no answer can name.
 */
export function trackSentMail(sent: SentMail, enrolments: readonly Enrolment[]): TrackedMail | undefined {
  const messageId = messageIdOf(sent.block);
  const inSequence = enrolments.filter((enrolment) => wasInSequence(enrolment, sent.receivedAt));
  const recipients = sentTo(sent.block).map((recipient) => withPerson(recipient, inSequence));
  if (messageId === undefined || !recipients.some(({ campaignStatusId }) => campaignStatusId !== undefined)) {
    return undefined;
  }
  const sender = authorOf(sent.block)?.address;
  const conversation = conversationOf(fieldValue(sent.block, 'Thread-Index') ?? '');
  return {
    messageId,
    subject: decodeText(fieldValue(sent.block, 'Subject') ?? ''),
    sentAt: sent.receivedAt,
    ownerId: sent.ownerId,
    ...(sender !== undefined && { senderAddress: sender }),
    source: 'Sent Folder',
    ...(conversation !== undefined && { conversation }),
    recipients,
  };
}

/** Of several sequences the first is named that the person is still in: a reply halts all of the person anyway. */
function withPerson(
  recipient: { address: string; role: 'To' | 'Cc' },
  enrolments: readonly Enrolment[],
): TrackedRecipient {
  const own = enrolments.filter(({ address }) => address === recipient.address);
  const first = own.find(({ status }) => IN_SEQUENCE.includes(status)) ?? own[0];
  if (first === undefined) return recipient;
  return { ...recipient, personId: first.personId, campaignStatusId: first.campaignStatusId };
}

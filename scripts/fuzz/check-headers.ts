import { authorOf } from '../../connector/src/mail/author.ts';
import { baseSubject } from '../../connector/src/mail/base-subject.ts';
import { conversationOf } from '../../connector/src/mail/conversation.ts';
import { readDeliveryReport } from '../../connector/src/mail/delivery-report.ts';
import { parseHeaderBlock, parseReadFields } from '../../connector/src/mail/header-block.ts';
import { fieldValue, fieldValues, type HeaderBlock } from '../../connector/src/mail/header-field.ts';
import { KINDS, kindOf } from '../../connector/src/mail/kind.ts';
import { extractMessageIds } from '../../connector/src/mail/message-ids.ts';
import { ownMessageIds } from '../../connector/src/mail/own-message-ids.ts';
import { demand } from './demand.ts';
import { isReadName } from './read-name.ts';
import { resumeDate } from '../../connector/src/mail/resume-date.ts';
import { citedIds } from '../../connector/src/match/cited-ids.ts';

const RECEIVED_AT = new Date('2026-03-03T09:00:00Z');
/** Fields of a block that are kept, whatever their names. */
const MAX_FIELDS = 1000;
const SAME = 'the read fields are those of the block';
const ID_FIELDS = ['Message-ID', 'In-Reply-To', 'References'];
// eslint-disable-next-line no-control-regex -- control characters are what no id may hold
const BLANK = /[\s\x00-\x1f\x7f]/;

/** Sends bytes through everything that reads header fields. Throws when a promise about them is broken. */
export function checkHeaders(bytes: Uint8Array): void {
  const block = parseHeaderBlock(bytes);
  const read = parseReadFields(bytes);
  demand(
    block.every(([name]) => /^[!-9;-~]+$/.test(name)),
    'a name is printable ASCII without a colon',
  );
  if (block.length < MAX_FIELDS) demand(valuesOf(block.filter(([name]) => isReadName(name))) === valuesOf(read), SAME);
  for (const name of ID_FIELDS) for (const value of fieldValues(read, name)) checkIds(value);
  checkCited(read);
  checkKind(read, bytes.length % 2 === 0);
  checkTexts(read);
  readDeliveryReport({ status: bytes, returned: bytes });
}

function checkIds(value: string): void {
  const ids = extractMessageIds(value);
  demand(new Set(ids).size === ids.length, 'each id is named once');
  for (const id of ids) demand(id !== '' && !BLANK.test(id), 'an id is not empty and holds no blank');
  if (ids.some((id) => /[<>"]|=\?/.test(id))) return;
  const again = extractMessageIds(ids.map((id) => `<${id}>`).join(' '));
  demand(again.join(' ') === ids.join(' '), 'ids are found again where they stand in angle brackets');
}

function checkCited(block: HeaderBlock): void {
  const ids = citedIds(block).map(({ id }) => id);
  const own = new Set(ownMessageIds(block));
  demand(ids.length <= 100, 'at most a hundred ids are cited');
  demand(new Set(ids).size === ids.length, 'each id is cited once');
  demand(!ids.some((id) => own.has(id)), 'a message does not cite itself');
}

function checkKind(block: HeaderBlock, answersTrackedMail: boolean): void {
  const { kind, signal } = kindOf(block, { answersTrackedMail });
  demand(KINDS.includes(kind) && signal !== '', 'a kind has a name and a signal');
}

function checkTexts(block: HeaderBlock): void {
  const author = authorOf(block)?.address ?? 'a@b';
  demand(author === author.toLowerCase() && author.includes('@'), 'an author has an address in lower case');
  const subject = fieldValue(block, 'Subject') ?? '';
  demand(baseSubject(subject).length <= 50_000, 'a base subject is no longer than what is read');
  conversationOf(fieldValue(block, 'Thread-Index') ?? '');
  const resumeAt = resumeDate(subject, RECEIVED_AT);
  demand(resumeAt === undefined || resumeAt > RECEIVED_AT, 'nobody is back before the message came');
}

function valuesOf(block: HeaderBlock): string {
  return block.map(([, value]) => value).join('\0');
}

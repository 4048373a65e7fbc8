/**
 * What one kind of reply is for people.
 * @typedef {object} Kind
 * @property {string} word the noun that a row begins with
 * @property {string} iconName icon of the design system
 * @property {boolean} isPerson whether a person wrote it; everything else was sent by a machine
 * @property {boolean} [isOfServer] whether it comes from a mail server or filter, which says nothing about who answered
 */

/** Kinds by the values of the picklist ReplyKind__c. */
const KINDS = new Map([
  ['Human', { word: 'Reply', iconName: 'utility:reply', isPerson: true }],
  ['Forward', { word: 'Forward', iconName: 'utility:forward', isPerson: true }],
  ['Auto-Reply', { word: 'Automatic reply', iconName: 'utility:away', isPerson: false }],
  ['Bounce', { word: 'Bounce', iconName: 'utility:no_return', isPerson: false, isOfServer: true }],
  ['Delay', { word: 'Delay notice', iconName: 'utility:clock', isPerson: false, isOfServer: true }],
  ['Delivered', { word: 'Delivery receipt', iconName: 'utility:success', isPerson: false, isOfServer: true }],
  ['Read Receipt', { word: 'Read receipt', iconName: 'utility:preview', isPerson: false }],
  ['Complaint', { word: 'Spam complaint', iconName: 'utility:ban', isPerson: false, isOfServer: true }],
  ['Calendar', { word: 'Calendar answer', iconName: 'utility:event', isPerson: false }],
  ['Challenge', { word: 'Sender check', iconName: 'utility:question', isPerson: false, isOfServer: true }],
  ['List', { word: 'List mail', iconName: 'utility:people', isPerson: false }],
  ['Other', { word: 'Other answer', iconName: 'utility:email', isPerson: false }],
]);

const names = (isPerson) => [...KINDS].filter(([, kind]) => kind.isPerson === isPerson).map(([name]) => name);

/** Values of ReplyKind__c that a person stands behind. */
export const PEOPLE_KINDS = names(true);
/** Values of ReplyKind__c that a machine sent. */
export const MACHINE_KINDS = names(false);

/**
 * @param {string | undefined} replyKind a value of ReplyKind__c
 * @returns {Kind} how to show it; a value that a later version adds is an other answer
 */
export function kindOf(replyKind) {
  return KINDS.get(replyKind) ?? KINDS.get('Other');
}

const REPLIERS = new Map([
  ['Recipient', 'The recipient'],
  ['Copied Recipient', 'Someone in Cc'],
  ['Same Domain', 'Same company'],
  ['Someone Else', 'Someone else'],
  ['Internal', 'Our own side'],
]);

/**
 * Who really answered. A recipient of the mail whose address is not the one on the record answered from another address.
 * @param {string | undefined} replier a value of Replier__c
 * @param {string | undefined} from address of the reply
 * @param {string | undefined} onRecord address on the contact or lead, when there is one
 * @returns {string | undefined} undefined when it is not known
 */
export function replierWords(replier, from, onRecord) {
  const isOther = from && onRecord && from.toLowerCase() !== onRecord.toLowerCase();
  return replier === 'Recipient' && isOther ? 'Another address' : REPLIERS.get(replier);
}

const EVIDENCE = new Map([
  ['In-Reply-To', 'its In-Reply-To header names the mail'],
  ['References', 'its References header names the mail or an earlier answer'],
  ['Exchange Parent', 'Exchange names the mail as its parent'],
  ['Delivery Report', 'the delivery report quotes the mail'],
  ['Thread-Index', 'its Thread-Index header continues the mail'],
  ['Provider Thread', 'the mail provider keeps it in the thread of the mail'],
]);

/**
 * @param {string | undefined} matchedBy a value of MatchedBy__c
 * @param {string | undefined} confidence a value of MatchConfidence__c
 * @returns {string | undefined} by which evidence the mail was found, as the end of a sentence; undefined when unknown
 */
export function evidenceWords(matchedBy, confidence) {
  const evidence = EVIDENCE.get(matchedBy);
  const sureness = confidence && `${confidence.toLowerCase()} confidence`;
  return [evidence, sureness].filter(Boolean).join('; ') || undefined;
}

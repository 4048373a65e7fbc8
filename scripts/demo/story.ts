import { nameOf, PROSPECTS, type Outcome, type Prospect } from './cast.ts';
import * as letters from './letters.ts';
import type { Letter } from './letters.ts';
import type { Narrator } from './narrator.ts';
import { poll } from './poll.ts';
import { readStatuses, readTrackedIds } from './read-outcome.ts';
import type { Stage } from './set-stage.ts';

/** The story while it plays. */
export interface Story {
  /** Plays every step; each ends when its effect can be read back from the org. */
  readonly play: () => Promise<void>;
  /** Lets a person answer the mail that the rep sent, and waits until the org shows it. */
  readonly letAnswer: (prospect: Prospect) => Promise<void>;
}

type StoryParts = Pick<Stage, 'org' | 'gmail'> & { readonly narrator: Narrator; readonly signal: AbortSignal };

/** Message-IDs of first mails, without angle brackets, by the address of the prospect. */
type MailIds = Map<string, string>;

export function createStory(parts: StoryParts): Story {
  const ids: MailIds = new Map();
  let answers = 0;
  return {
    play: async () => {
      await repsWrite(parts, ids);
      await prospectAnswersFromAnotherAddress(parts, ids);
      await colleagueAnswers(parts, ids);
      await mailboxAnswers(parts, ids);
      await mailBounces(parts, ids);
      await newsletterArrives(parts);
      await repWritesAgain(parts, ids);
      await answerComesBeforeItsMail(parts, ids);
    },
    letAnswer: async (prospect) => {
      answers += 1;
      parts.narrator.step(`${nameOf(prospect)} answers`);
      const from = `${nameOf(prospect)} <${prospect.address}>`;
      const messageId = `later-${answers}@${prospect.address.slice(prospect.address.indexOf('@') + 1)}`;
      deliver(parts, prospect, letters.answer(prospect, ids.get(prospect.address)!, { from, messageId }));
      await statusBecomes('Replied', prospect, parts);
    },
  };
}

async function repsWrite(parts: StoryParts, ids: MailIds): Promise<void> {
  const { narrator, gmail, org, signal } = parts;
  const written = Object.values(PROSPECTS).filter((prospect) => prospect !== PROSPECTS.emil);
  narrator.step('Two reps write to six people');
  for (const prospect of written) {
    const note = prospect.sentBy === 'Gmail' ? '' : '  (sent by another system)';
    narrator.tell(`${nameOf(prospect.rep).padEnd(10)} to ${nameOf(prospect).padEnd(15)} ${prospect.subject}${note}`);
    if (prospect.sentBy === 'Salesforce') {
      const id = mailingId(prospect);
      await org.insertTrackedEmail(prospect, id);
      ids.set(prospect.address, id);
    } else {
      const { message } = gmail.send(prospect.rep.address, letters.firstMail(prospect, composedId(prospect)));
      ids.set(prospect.address, messageIdOf(message.headers));
    }
  }
  narrator.tell('Gmail gives each mail a new Message-ID; the connector learns it from Sent:');
  narrator.tell(`  composed as  ${composedId(PROSPECTS.ines)}`);
  narrator.tell(`  sent as      ${ids.get(PROSPECTS.ines.address)}`);
  narrator.tell('The other system inserts a TrackedEmail__c, and the connector learns it from Salesforce.');
  await idsAreTracked([...ids.values()], org, signal);
  narrator.effect(`${ids.size} mails are tracked in Salesforce`);
}

async function prospectAnswersFromAnotherAddress(parts: StoryParts, ids: MailIds): Promise<void> {
  const { ines } = PROSPECTS;
  parts.narrator.step(`${nameOf(ines)} answers from another address`);
  parts.narrator.tell('The mail went to ines@harbor.example; the answer comes from ines.d@postbox.example.');
  const answerer = { from: 'Ines <ines.d@postbox.example>', messageId: 'answer-1@postbox.example' };
  deliver(parts, ines, letters.answer(ines, ids.get(ines.address)!, answerer));
  await statusBecomes('Replied', ines, parts);
}

async function colleagueAnswers(parts: StoryParts, ids: MailIds): Promise<void> {
  const { paul } = PROSPECTS;
  parts.narrator.step(`A colleague in Cc answers for ${nameOf(paul)}`);
  parts.narrator.tell(`Lena Weiss <${paul.copyTo}> had a copy. Salesforce does not know her, but knows the mail.`);
  const answerer = { from: `Lena Weiss <${paul.copyTo}>`, messageId: 'answer-2@mill.example' };
  deliver(parts, paul, letters.answer(paul, ids.get(paul.address)!, answerer));
  await statusBecomes('Replied', paul, parts);
}

async function mailboxAnswers(parts: StoryParts, ids: MailIds): Promise<void> {
  const { sofia } = PROSPECTS;
  parts.narrator.step(`${nameOf(sofia)} is away, and her mailbox answers`);
  parts.narrator.tell('Auto-Submitted: auto-replied. A machine wrote it, so the sequence waits and does not end.');
  deliver(parts, sofia, letters.outOfOffice(sofia, ids.get(sofia.address)!));
  await statusBecomes('Paused', sofia, parts);
}

async function mailBounces(parts: StoryParts, ids: MailIds): Promise<void> {
  const { hugo } = PROSPECTS;
  parts.narrator.step(`The mail to ${nameOf(hugo)} bounces`);
  parts.narrator.tell('From mailer-daemon@googlemail.com: a delivery report on an address that is gone.');
  deliver(parts, hugo, letters.bounce(hugo, ids.get(hugo.address)!));
  await statusBecomes('Bounced', hugo, parts);
}

async function newsletterArrives(parts: StoryParts): Promise<void> {
  const { priya } = PROSPECTS;
  const { narrator, gmail, signal } = parts;
  narrator.step(`A newsletter from the company of ${nameOf(priya)} arrives`);
  narrator.tell('List-Id and List-Unsubscribe, and it answers nothing.');
  await messageIsRead(deliver(parts, priya, letters.newsletter(priya)), gmail, signal);
  await statusIsStill('Active', priya, parts);
}

async function repWritesAgain(parts: StoryParts, ids: MailIds): Promise<void> {
  const { daniel } = PROSPECTS;
  const { narrator, gmail, org, signal } = parts;
  narrator.step(`${nameOf(daniel.rep)} writes to ${nameOf(daniel)} again`);
  narrator.tell('In-Reply-To names the first mail, but nobody answers himself: it is one more tracked mail.');
  const letter = letters.followUp(daniel, ids.get(daniel.address)!, 'again-1@laptop.seller.example');
  const { message } = gmail.send(daniel.rep.address, letter);
  await idsAreTracked([messageIdOf(message.headers)], org, signal);
  await statusIsStill('Active', daniel, parts);
}

async function answerComesBeforeItsMail(parts: StoryParts, ids: MailIds): Promise<void> {
  const { emil } = PROSPECTS;
  const { narrator, gmail, org, signal } = parts;
  const id = mailingId(emil);
  narrator.step(`${nameOf(emil)} answers a mail that Salesforce does not know yet`);
  const answerer = { from: `${nameOf(emil)} <${emil.address}>`, messageId: 'answer-3@quarry.example' };
  await messageIsRead(deliver(parts, emil, letters.answer(emil, id, answerer)), gmail, signal);
  narrator.tell('The connector has read the answer and keeps a hash of what it cites.');
  await org.insertTrackedEmail(emil, id);
  ids.set(emil.address, id);
  narrator.tell('Only now the other system inserts the TrackedEmail__c of its mail.');
  await statusBecomes('Replied', emil, parts);
}

/** Puts a message into the mailbox of the prospect's rep and returns the id that Gmail gives it. */
function deliver({ gmail }: StoryParts, { rep }: Prospect, letter: Letter): string {
  return gmail.deliver(rep.address, letter).id;
}

async function statusBecomes(outcome: Outcome, prospect: Prospect, { narrator, org, signal }: StoryParts) {
  const person = nameOf(prospect);
  await poll(`the CampaignStatus__c of ${person} becomes ${outcome}`, signal, async () => {
    const statuses = await readStatuses(org.admin);
    return statuses.find((row) => row.person === person && row.status === outcome);
  });
  narrator.effect(`CampaignStatus__c of ${person}: ${outcome}`);
}

async function statusIsStill(outcome: Outcome, prospect: Prospect, { narrator, org }: StoryParts): Promise<void> {
  const person = nameOf(prospect);
  const found = (await readStatuses(org.admin)).find((row) => row.person === person);
  if (found?.status !== outcome) throw new Error(`The CampaignStatus__c of ${person} became ${found?.status}.`);
  narrator.effect(`CampaignStatus__c of ${person}: still ${outcome}`);
}

async function idsAreTracked(ids: readonly string[], { admin }: Stage['org'], signal: AbortSignal): Promise<void> {
  await poll('every sent mail has its TrackedEmail__c', signal, async () => {
    const tracked = await readTrackedIds(admin);
    return ids.every((id) => tracked.has(id)) || undefined;
  });
}

async function messageIsRead(id: string, { requests }: Stage['gmail'], signal: AbortSignal): Promise<void> {
  const isRead = (): true | undefined => requests.some((request) => request.id === id) || undefined;
  await poll('the connector reads the message that has arrived', signal, isRead);
}

function composedId({ address }: Prospect): string {
  return `first-to-${address.slice(0, address.indexOf('@'))}@laptop.seller.example`;
}

function mailingId({ address }: Prospect): string {
  return `step-1.${address.slice(0, address.indexOf('@'))}@mailing.seller.example`;
}

function messageIdOf(headers: Letter): string {
  return headers.find(([name]) => name === 'Message-ID')![1].slice(1, -1);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KINDS, type Kind } from '../../connector/src/mail/kind.ts';
import type { Reply } from '../../connector/src/match/reply.ts';
import { apiNames } from '../../connector/src/salesforce/api-names.ts';
import { taskRecord } from '../../connector/src/salesforce/task-record.ts';

const README = join(import.meta.dirname, '../../force-app/README.md');
const TABLE_HEAD = '| effect on the statuses of the person';

/** What a kind becomes in Salesforce. */
export interface Effect {
  readonly kind: Kind;
  /** The value of ReplyKind__c on the Task. */
  readonly replyKind: string;
  /** What the flow does with it, in the words of the handbook of force-app. */
  readonly effect: string;
}

/** Every kind with the value that the connector writes and the effect that force-app/README.md states of its flow. */
export function readEffects(): Effect[] {
  const table = readEffectTable();
  const others = [...table].find(([replies]) => replies.startsWith('any other kind'))?.[1];
  return KINDS.map((kind) => {
    const replyKind = replyKindOf(kind);
    const own = [...table].find(([replies]) => replies.split(', ').includes(replyKind))?.[1];
    const effect = own ?? others;
    if (effect === undefined) throw new Error(`${README} states no effect of ${replyKind} in its table of effects.`);
    return { kind, replyKind, effect };
  });
}

function readEffectTable(): Map<string, string> {
  const lines = readFileSync(README, 'utf8').split('\n');
  const head = lines.findIndex((line) => line.includes(TABLE_HEAD));
  const end = lines.indexOf('', head);
  const rows = lines.slice(head + 2, end).map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(rows.map(([, replies = '', effect = '']) => [replies, effect]));
}

function replyKindOf(kind: Kind): string {
  const names = apiNames();
  const reply: Reply = {
    kind,
    replyKey: '',
    from: '',
    subject: '',
    receivedAt: new Date(0),
    matchedBy: 'In-Reply-To',
    replier: 'Recipient',
    messageKey: '',
    ownerId: '',
  };
  return taskRecord(reply, 'Completed', names)[names.task.replyKind] as string;
}

import { baseSubject } from '../mail/base-subject.ts';
import type { KnownMail } from './known-mail.ts';

/**
 * How sure a match is. `high`: the message names an id of the tracked mail itself. `medium`: it names an answer to that
 * mail, or it stands in its thread at the provider, or it is a delivery report for the only mail that it can be about.
 * `low`: the latest of several such mails. A subject that is not that of the mail lowers each by one step.
 */
export type Confidence = 'high' | 'medium' | 'low';

const CONFIDENCE: Readonly<Record<KnownMail['role'], 'high' | 'medium'>> = {
  own: 'high',
  rewritten: 'high',
  planted: 'high',
  alias: 'medium',
  thread: 'medium',
};

const LOWERED = { high: 'medium', medium: 'low' } as const;

/** Takes the subject of the message and that of the mail as they stood; one that is missing or empty has not changed. */
export function confidenceOf({ role, mail }: KnownMail, subject: string | undefined): Confidence {
  const confidence = CONFIDENCE[role];
  return isChanged(subject ?? '', mail.subject ?? '') ? LOWERED[confidence] : confidence;
}

/** Programs put words before the subject (`Automatic reply:`) and behind it; what is left in between has to be the same. */
function isChanged(subject: string, original: string): boolean {
  const [answered, sent] = [baseSubject(subject), baseSubject(original)];
  return answered !== '' && !answered.includes(sent);
}

import type { DeliveryReport } from '../../connector/src/mail/delivery-report.ts';
import type { Kind } from '../../connector/src/mail/kind.ts';

/** One row of the page: what makes a message of this kind, shown by messages of which the page says what decided. */
export interface KindRow {
  readonly kind: Kind;
  /** What arrives, as an operator would say it. */
  readonly arrives: string;
  /** Field and value that decide. */
  readonly decides: string;
  /** Standard, vendor or programs that the rule stands on. */
  readonly source: string;
  /** File below `test/`, and the title of a test in it with those of its suites before it. */
  readonly test: readonly [file: string, title: string];
  readonly examples: readonly Example[];
}

export interface Example {
  /** Header fields, one a line. */
  readonly header: string;
  /** What the machine-readable part of a report says, where it could be read. */
  readonly report?: DeliveryReport;
}

/** The start of an answer to a tracked mail. */
export const ANSWER = `From: Lena Berg <lena@lead.example.org>
Subject: Re: Spring offer
In-Reply-To: <offer@rep.example.com>`;

/** The same without the `Re:` that only a person's mail program is sure to write. */
export const MACHINE_ANSWER = `From: Lena Berg <lena@lead.example.org>
Subject: Your message
In-Reply-To: <offer@rep.example.com>`;

export const KIND_TEST = 'connector/mail/kind.test.ts';
export const TRAP_TEST = 'connector/mail/kind-traps.test.ts';
export const PAGE_TEST = 'connector/document-kinds.test.ts';

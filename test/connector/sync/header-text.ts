import { Buffer } from 'node:buffer';

import { parseHeaderBlock } from '../../../connector/src/mail/header-block.ts';
import type { HeaderBlock } from '../../../connector/src/mail/header-field.ts';

/** What a header block says; a field that is left out is left out of the block as well. */
export interface HeaderText {
  /** Message-ID without its angle brackets, as all ids here. */
  readonly id?: string;
  readonly from?: string;
  readonly to?: string;
  readonly cc?: string;
  readonly inReplyTo?: string;
  readonly references?: readonly string[];
  readonly subject?: string;
  /** Further header lines, without line ends. */
  readonly extra?: readonly string[];
}

/** A header block as it arrives, read by the connector's own parser. */
export function headerBlock(text: HeaderText): HeaderBlock {
  const lines = [
    text.id === undefined ? [] : `Message-ID: <${text.id}>`,
    `From: ${text.from ?? 'Lead <lead@buyer.example>'}`,
    `To: ${text.to ?? 'Rep <rep@seller.example>'}`,
    text.cc === undefined ? [] : `Cc: ${text.cc}`,
    text.inReplyTo === undefined ? [] : `In-Reply-To: <${text.inReplyTo}>`,
    text.references === undefined ? [] : `References: ${text.references.map((id) => `<${id}>`).join(' ')}`,
    `Subject: ${text.subject ?? 'Re: Our offer'}`,
    'Date: Mon, 02 Mar 2026 08:00:00 +0000',
    text.extra ?? [],
  ].flat();
  return parseHeaderBlock(Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1'));
}

/** A sent mail of the rep to the lead. */
export const sentText = (id: string, changes: HeaderText = {}): HeaderText => ({
  id,
  from: 'Rep <rep@seller.example>',
  to: 'Lead <lead@buyer.example>',
  subject: 'Our offer',
  ...changes,
});

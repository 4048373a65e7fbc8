import { parseAddresses } from './address.ts';
import type { DeliveryReport } from './delivery-report.ts';
import { fieldValues, type HeaderBlock } from './header-field.ts';

/**
 * The recipient that a delivery report is about: from its machine-readable part, else from X-Failed-Recipients, which
 * Exim and Gmail write. Undefined when neither names exactly one: a guess would mark the wrong person.
 */
export function failedRecipient(block: HeaderBlock, report?: DeliveryReport): string | undefined {
  if (report?.recipient !== undefined) return report.recipient;
  const failed = fieldValues(block, 'X-Failed-Recipients').flatMap(parseAddresses);
  return failed.length === 1 ? failed[0]!.address : undefined;
}

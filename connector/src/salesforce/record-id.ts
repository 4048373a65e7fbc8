const RECORD_ID = /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/;

/** The first three characters of an id name its object; these two never differ from org to org. */
const CONTACT = '003';
const LEAD = '00Q';

/** The id when it has the form of one (15 or 18 letters and digits), otherwise undefined. */
export function recordId(id: string | undefined): string | undefined {
  return id !== undefined && RECORD_ID.test(id) ? id : undefined;
}

/** The id when it is a Contact's, otherwise undefined. */
export function contactId(id: string | undefined): string | undefined {
  return id?.startsWith(CONTACT) ? recordId(id) : undefined;
}

/** The id when it is a Lead's, otherwise undefined. */
export function leadId(id: string | undefined): string | undefined {
  return id?.startsWith(LEAD) ? recordId(id) : undefined;
}

const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const SUFFIX_BLOCK = 5;

/**
 * The id in its long form. The platform's messages name the short one, 15 characters that differ by case; the three
 * characters behind them say which of each five are capitals, first character as the lowest bit.
 */
export function longRecordId(id: string): string {
  if (id.length !== 15) return id;
  const blocks = [0, 1, 2].map((block) => [...id.slice(block * SUFFIX_BLOCK, (block + 1) * SUFFIX_BLOCK)]);
  const bits = blocks.map((block) =>
    block.reduce((sum, letter, place) => sum + (/[A-Z]/.test(letter) ? 1 << place : 0), 0),
  );
  return id + bits.map((value) => SUFFIX[value]).join('');
}

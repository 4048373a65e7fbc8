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

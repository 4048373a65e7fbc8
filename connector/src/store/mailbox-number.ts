/** The database's number of a mailbox; 0, which no mailbox has, for text that is none. */
export function mailboxNumber(id: string): number {
  return /^[1-9][0-9]{0,8}$/.test(id) ? Number(id) : 0;
}

/**
 * A row for each message that was ever read, only so as not to count it twice, was a third of what a page cost the
 * database. The mailbox counts the messages of each page instead.
 */
export const NO_SEEN_MESSAGES = `
drop table seen_message;
`;

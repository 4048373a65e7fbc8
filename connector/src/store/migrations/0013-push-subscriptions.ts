/** By what notifications of a provider are recognised as those that were asked for (Microsoft Graph). */
export const PUSH_SUBSCRIPTIONS = `
create table push_subscription (
  -- A mailbox has one at most; a new one takes its place.
  mailbox_id integer primary key references mailbox on delete cascade,
  -- The provider's id of it.
  subscription_id text not null unique,
  -- Hex or base64url digest of the secret that each notification has to show; the secret itself is not kept.
  secret_hash text not null,
  expires_at timestamptz not null
);
`;

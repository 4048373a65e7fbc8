import { ApiError } from '../api-error.ts';
import { ADMINISTRATOR } from '../data/access.ts';
import type { Org } from '../org.ts';

/** Refuses everybody but an administrator: no permission set of this org grants the right (Metadata API Developer Guide, "Prerequisites"). */
export function checkMayUseMetadata(org: Org, userId: string): void {
  const profileId = org.database.get('User', userId)?.['ProfileId'];
  if (org.database.get('Profile', String(profileId))?.['Name'] === ADMINISTRATOR) return;
  const message = 'use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions';
  throw new ApiError(403, 'INSUFFICIENT_ACCESS', `INSUFFICIENT_ACCESS: ${message}`);
}

import { activityObjects } from './activity-objects.ts';
import { customerObjects } from './customer-objects.ts';
import type { OrgObject } from './org-object.ts';
import { setupObjects } from './setup-objects.ts';

/** The objects that a new org has, as far as this product meets them. */
export function standardObjects(): OrgObject[] {
  return [...setupObjects(), ...customerObjects(), ...activityObjects()];
}

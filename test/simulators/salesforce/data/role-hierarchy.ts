import type { Org } from '../org.ts';
import type { SObjectRecord } from '../record.ts';

/**
 * The users whose role stands below that of a user, however far (Help, "Role Hierarchy"). Users of the same role do
 * not stand below each other, and a manager counts for nothing: ManagerId is no role.
 */
export function usersBelow(org: Org, userId: string): ReadonlySet<string> {
  const role = org.database.get('User', userId)?.['UserRoleId'] ?? null;
  if (role === null) return new Set();
  const present = (row: SObjectRecord): boolean => row['IsDeleted'] !== true;
  const children = Map.groupBy(org.database.rows('UserRole').filter(present), (row) => row['ParentRoleId']);
  const below = new Set<unknown>();
  const visit = (parent: SObjectRecord['Id']): void => {
    for (const { Id } of children.get(parent ?? null) ?? []) {
      if (Id === undefined || below.has(Id)) continue;
      below.add(Id);
      visit(Id);
    }
  };
  visit(role);
  const users = org.database.rows('User').filter((row) => below.has(row['UserRoleId'] ?? null));
  return new Set(users.map((row) => String(row['Id'])));
}

import { ROLES, type Role } from '../permissions.ts';

/** The highest role that the groups give; null when none of them is mapped. */
export function roleOfGroups(groups: unknown, roles: Readonly<Record<string, Role>>): Role | null {
  const named = typeof groups === 'string' ? [groups] : Array.isArray(groups) ? groups : [];
  const held = named.flatMap((group) =>
    typeof group === 'string' && Object.hasOwn(roles, group) ? [roles[group]!] : [],
  );
  return ROLES.findLast((role) => held.includes(role)) ?? null;
}

import { z } from 'zod';

export const Role = z.enum(['viewer', 'operator', 'admin']);
export type Role = z.infer<typeof Role>;

/** What an endpoint or a stream message may need. `public` needs nobody to be signed in. */
export const Permission = z.enum([
  'public',
  'signed-in',
  'clusters:read',
  'clusters:change',
  'clusters:manage',
  'users:manage',
  'audit:read',
]);
export type Permission = z.infer<typeof Permission>;

/** Who is asking. */
export type Principal = { kind: 'anonymous' } | { kind: 'user'; id: string; name: string; role: Role };

const GRANTS: Record<Role, readonly Permission[]> = {
  viewer: ['public', 'signed-in', 'clusters:read'],
  operator: ['public', 'signed-in', 'clusters:read', 'clusters:change'],
  admin: ['public', 'signed-in', 'clusters:read', 'clusters:change', 'clusters:manage', 'users:manage', 'audit:read'],
};

/** The one rule of access, for the server and for the screen. */
export function can(principal: Principal, permission: Permission): boolean {
  if (principal.kind === 'anonymous') return permission === 'public';
  return GRANTS[principal.role].includes(permission);
}

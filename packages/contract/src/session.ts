import { z } from 'zod';
import { Permission, Role } from '@slotdeck/model/access';
import type { EndpointTable } from './endpoint.ts';

export const SessionUser = z.object({ id: z.string(), name: z.string(), role: Role, permissions: z.array(Permission) });
export type SessionUser = z.infer<typeof SessionUser>;

export const sessionEndpoints = {
  signIn: {
    method: 'POST',
    path: '/session',
    summary: 'Sign in; the session comes as an httpOnly cookie',
    needs: 'public',
    body: z.strictObject({ username: z.string().min(1).max(200), password: z.string().min(1).max(1000) }),
    success: 200,
    reply: z.object({ user: SessionUser }),
    errors: ['wrong-credentials', 'too-many-tries', 'wrong-origin'],
  },
  getSession: {
    method: 'GET',
    path: '/session',
    summary: 'Who is signed in',
    needs: 'public',
    success: 200,
    reply: z.object({ user: SessionUser.nullable(), version: z.string() }),
    errors: [],
  },
  signOut: {
    method: 'DELETE',
    path: '/session',
    summary: 'Sign out',
    needs: 'signed-in',
    success: 204,
    reply: z.undefined(),
    errors: [],
  },
} as const satisfies EndpointTable;

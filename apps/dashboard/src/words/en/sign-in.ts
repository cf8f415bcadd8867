import type { Area } from '../phrase.ts';

export const signIn = {
  title: 'Sign in to Slotdeck',
  name: 'User name',
  password: 'Password',
  showTyped: 'Show what is typed',
  submit: 'Sign in',
  needsName: 'Enter your user name.',
  needsPassword: 'Enter your password.',
  firstTime:
    'First start? The user is admin. The password is what SLOTDECK_ADMIN_PASSWORD said, or what the server printed.',
} as const satisfies Area;

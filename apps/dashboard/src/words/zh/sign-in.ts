import type { signIn as en } from '../en/sign-in.ts';
import type { SameKeys } from '../phrase.ts';

export const signIn: SameKeys<typeof en> = {
  title: '登录 Slotdeck',
  name: '用户名',
  password: '密码',
  showTyped: '显示输入的内容',
  submit: '登录',
  needsName: '请输入用户名。',
  needsPassword: '请输入密码。',
  firstTime: '首次启动？用户名为 admin，密码是 SLOTDECK_ADMIN_PASSWORD 的值，或服务器启动时打印的密码。',
};

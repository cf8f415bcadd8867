import { randomBytes, randomInt } from 'node:crypto';
import { ClusterId, OperationId, PlanId, UserId } from '@slotdeck/model/ids';

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Ten characters of base 36: 51 bits, enough that two never meet in one data folder. */
function draw(): string {
  return Array.from({ length: 10 }, () => DIGITS[randomInt(DIGITS.length)]).join('');
}

export const drawClusterId = (): ClusterId => ClusterId.parse(`cl-${draw()}`);
export const drawPlanId = (): PlanId => PlanId.parse(`pl-${draw()}`);
export const drawOperationId = (): OperationId => OperationId.parse(`op-${draw()}`);
export const drawUserId = (): UserId => UserId.parse(`us-${draw()}`);

/** A session token: 256 bits. */
export const drawToken = (): string => randomBytes(32).toString('base64url');

/** A password for people to copy once: 95 bits, without letters that look alike. */
export function drawPassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  const group = (): string => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}

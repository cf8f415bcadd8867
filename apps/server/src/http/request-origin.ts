/**
 * Whether a request that changes something, or a websocket, comes from our own page. Browsers send `Origin` with both; what
 * sends none is no browser and carries no cookie it was not given.
 */
export function isOwnOrigin(
  headers: { origin?: string | undefined; host?: string | undefined; 'sec-fetch-site'?: string | string[] | undefined },
  { publicOrigin, protocol }: { publicOrigin: string | null; protocol: string },
): boolean {
  const { origin, host } = headers;
  if (origin === undefined) {
    const site = headers['sec-fetch-site'];
    return site === undefined || site === 'same-origin' || site === 'none';
  }
  if (publicOrigin !== null && origin === publicOrigin) return true;
  return host !== undefined && origin === `${protocol}://${host}`;
}

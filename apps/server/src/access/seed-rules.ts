import { BlockList, isIP } from 'node:net';

/**
 * Addresses where clouds answer with credentials of the machine. Whoever may add a cluster must not be able to make the
 * server talk to them. Private networks are allowed: that is where clusters live.
 */
const refused = new BlockList();
refused.addSubnet('169.254.0.0', 16, 'ipv4');
refused.addAddress('100.100.100.200', 'ipv4');
refused.addAddress('192.0.0.192', 'ipv4');
refused.addAddress('0.0.0.0', 'ipv4');
refused.addAddress('::', 'ipv6');
refused.addSubnet('224.0.0.0', 4, 'ipv4');
refused.addSubnet('fe80::', 10, 'ipv6');
refused.addAddress('fd00:ec2::254', 'ipv6');
refused.addSubnet('ff00::', 8, 'ipv6');

const REFUSED_NAMES = new Set(['metadata.google.internal', 'metadata', 'instance-data']);

/** Whether this host (a name or an address, not resolved) may never be dialled. */
export function isRefusedHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (REFUSED_NAMES.has(name)) return true;
  const family = isIP(name);
  if (family === 4) return refused.check(name, 'ipv4');
  if (family === 6) {
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(name)?.[1];
    return mapped === undefined ? refused.check(name, 'ipv6') : refused.check(mapped, 'ipv4');
  }
  return false;
}

import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Networks that are not the public internet (RFC 6890 and what replaced parts of it), with the metadata of clouds. */
const SUBNETS: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  // Everything but global unicast, and of that what holds an address of the other kind, or is for examples.
  ['::', 3, 'ipv6'],
  ['4000::', 2, 'ipv6'],
  ['8000::', 1, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
];

/** One list for each kind: a list takes an IPv4 address for the IPv6 address that it is mapped to. */
const NOT_PUBLIC = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [network, prefix, family] of SUBNETS) NOT_PUBLIC[family].addSubnet(network, prefix, family);

/**
 * Whether an address is one of the public internet: not loopback, link-local, private, multicast, reserved, nor one of
 * these inside an IPv6 address (mapped, translated, 6to4, Teredo). What is no address at all is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !NOT_PUBLIC.ipv4.check(address, 'ipv4');
  return isIPv6(address) && !NOT_PUBLIC.ipv6.check(address, 'ipv6');
}

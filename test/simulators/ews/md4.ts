/** MD4 (RFC 1320), which NTLM hashes passwords with and current builds of OpenSSL leave out. */
export function md4(message: Uint8Array): Buffer {
  const length = (((message.length + 8) >>> 6) + 1) * 64;
  const padded = Buffer.alloc(length);
  padded.set(message);
  padded[message.length] = 0x80;
  padded.writeUInt32LE(message.length * 8, length - 8);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < length; block += 64) {
    const words = Array.from({ length: 16 }, (_, index) => padded.readUInt32LE(block + index * 4));
    const before = [...state];
    for (const { mix, constant, order, shifts } of ROUNDS) {
      for (const [step, word] of order.entries()) {
        const place = (4 - (step % 4)) % 4;
        const [a, b, c, d] = [0, 1, 2, 3].map((offset) => state[(place + offset) % 4]!) as [
          number,
          number,
          number,
          number,
        ];
        const sum = (a + mix(b, c, d) + words[word]! + constant) >>> 0;
        const shift = shifts[step % 4]!;
        state[place] = ((sum << shift) | (sum >>> (32 - shift))) >>> 0;
      }
    }
    for (const place of [0, 1, 2, 3]) state[place] = (state[place]! + before[place]!) >>> 0;
  }
  const digest = Buffer.alloc(16);
  for (const [place, value] of state.entries()) digest.writeUInt32LE(value, place * 4);
  return digest;
}

const ROUNDS = [
  {
    mix: (x: number, y: number, z: number) => (x & y) | (~x & z),
    constant: 0,
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    shifts: [3, 7, 11, 19],
  },
  {
    mix: (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
    constant: 0x5a827999,
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    shifts: [3, 5, 9, 13],
  },
  {
    mix: (x: number, y: number, z: number) => x ^ y ^ z,
    constant: 0x6ed9eba1,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    shifts: [3, 9, 11, 15],
  },
] as const;
